"""The sample audit's report, from the open audit to a PDF read back, in its child process."""

import tempfile
from datetime import date
from pathlib import Path

from app.bootstrap import build_services
from app.services.reporting import write_report
from tests.bench.measure import Measure, timed


def measures() -> list[Measure]:
    services = build_services()
    with tempfile.TemporaryDirectory() as folder:
        session = services.projects.open_audit(services.projects.sample(Path(folder))[1])
        target = Path(folder) / "报告.pdf"

        def print_it() -> None:
            write_report(
                session.project, session.assessment, target, state="草稿", today=date(2026, 11, 22)
            )

        samples = timed(print_it, 7)
        session.close()
    services.close()
    return [Measure("sample report", samples, limit_s=1.5)]
