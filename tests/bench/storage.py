"""Audit files as documents: opening one, and a checked backup of it."""

import tempfile
from pathlib import Path

from app.bootstrap import build_services
from app.services.session import ImmediateExecutor
from app.storage import audit_file
from tests.bench.measure import Measure, timed


def measures() -> list[Measure]:
    """On the sample audit."""
    services = build_services(ImmediateExecutor())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, path = services.projects.sample(folder)
        opening = timed(lambda: services.projects.open_audit(path).close(), 20)
        services.projects.audits.forget(path)
        file = audit_file.open_file(path)
        copying = timed(lambda: file.copy_to(folder / "copy.cpaudit"), 20)
        file.close()
    return [
        Measure("open and close the sample audit", opening, 0.300),
        Measure("a checked backup of the sample audit", copying, 0.100),
    ]
