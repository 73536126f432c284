"""Audit files as documents: opening one, and a checked backup of it."""

import tempfile
from pathlib import Path

from app.bootstrap import build_services
from app.forms.answer import MISSING, Change, Given
from app.services.evidence import NewPaper, binder, place_papers
from app.services.session import ImmediateExecutor
from app.storage import opening
from tests.bench.measure import Measure, timed


def measures() -> list[Measure]:
    """On the sample audit."""
    services = build_services(ImmediateExecutor())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, path = services.projects.sample(folder)
        once = timed(lambda: services.projects.open_audit(path).close(), 20)
        services.projects.audits.forget(path)
        file = opening.open_file(path)
        copying = timed(lambda: file.copy_to(folder / "copy.cpaudit"), 20)
        file.close()
        session = services.projects.open_audit(path)
        kept = [NewPaper(f"{n}.jpg", b"\xff\xd8\xff%d" % n) for n in range(2000)]
        session.keep_papers(kept)
        place_papers(session, kept, ["energy.bills/2025-03/electricity"])
        numbers = iter(range(1000))

        def edit() -> None:
            answer = Given(f"企业 {next(numbers)}")
            session.record([Change("firm.name", MISSING, answer)], "填写")
            binder(session)

        editing = timed(edit, 20)
        session.close()
        opening_many = timed(lambda: services.projects.open_audit(path).close(), 5)
    return [
        Measure("one answer with 2,000 photographs in the binder", editing, 0.100),
        Measure("open and close an audit with 2,000 photographs", opening_many, 2.0),
        Measure("open and close the sample audit", once, 0.300),
        Measure("a checked backup of the sample audit", copying, 0.100),
    ]
