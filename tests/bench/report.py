"""The sample audit's report: by command from nothing, through the warm process, and after a chapter changed."""

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from app.bootstrap import build_services
from app.services.reporting import discard, set_paper
from tests.bench.measure import Measure, timed

_DAY = date(2026, 11, 22)


def measures() -> list[Measure]:
    services = build_services()
    with tempfile.TemporaryDirectory() as folder:
        audit = services.projects.finished_sample(Path(folder))
        target = Path(folder) / "报告.pdf"
        # As an installed program: with the compiled modules kept from the first run.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

        def from_nothing() -> None:
            command = [sys.executable, "-m", "app", "report", str(audit), "-o", str(target)]
            subprocess.run(command, check=True, capture_output=True, env=environment)

        cold = timed(from_nothing, 5)
        session = services.projects.open_audit(audit)

        def warm() -> None:
            made = set_paper(session.project, session.assessment, state="草稿", today=_DAY)
            assert made is not None
            discard(made[0])

        again = timed(warm, 7)
        session.close()
    services.close()
    return [
        Measure("sample report, cold, by command", cold, limit_s=1.5),
        Measure("sample report, warm", again, limit_s=1.0),
    ]
