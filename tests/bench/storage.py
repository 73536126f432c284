"""How long an answer takes to be safe on the disk, and to be on the screen as a new score."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.bootstrap import build_services
from app.forms.answer import MISSING, Change, Given
from tests.bench.measure import Measure, timed

_ANSWERS = 400


def measures() -> list[Measure]:
    """On the sample audit, through the session with its own worker, as in the window."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as worker:
        services = build_services(worker)
        _, path = services.projects.sample(Path(folder))
        session = services.projects.open_audit(path)
        number = [0]

        def durable() -> None:
            number[0] += 1
            answer = Given(str(4_000 + number[0]))
            session.record([Change("water.bills/2025-03/intake", MISSING, answer)], "填写").result()

        def score() -> None:
            number[0] += 1
            answer = Given(str(4_000 + number[0]))
            session.record([Change("water.bills/2025-03/intake", MISSING, answer)], "填写")
            assert session.assessment is not None

        answers = timed(durable, _ANSWERS)
        scores = timed(score, 60)
        session.close()
        opening = timed(lambda: services.projects.open_audit(path).close(), 20)
        services.projects.forget(path)
    return [
        Measure("one answer durable", answers, 0.020, "p99"),
        Measure("new score after an answer", scores, 0.050, "p99"),
        Measure("open and close the sample audit", opening, 0.300),
    ]
