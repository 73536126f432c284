"""One answer of the sample audit: durable in its file on this disk, and the new score on the indicator page."""

import os
import tempfile
import time
from pathlib import Path

if "DISPLAY" not in os.environ and os.name == "posix":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from app.assessment.finding import Missing
from app.bootstrap import build_services
from app.forms.answer import Change, Given
from app.ui.application import create_application
from app.ui.main_window import MainWindow
from app.ui.settings import Settings
from tests.bench.measure import Measure

BUILD = Path(__file__).parents[2] / "build"
KEY = "energy.bills/2025-07/electricity"
TIMES = 200


def _changes(number: int) -> tuple[Change]:
    return (Change(KEY, Missing(), Given(str(81_000 + number))),)


def _durable() -> tuple[float, ...]:
    """Seconds from taking an answer to knowing that it is in the file."""
    samples = []
    services = build_services()
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        session = services.projects.open_audit(services.projects.sample(Path(folder))[1])
        assert session.book.get(KEY) != Missing(), "the sample has another name for its bills"
        for number in range(TIMES):
            started = time.perf_counter()
            session.record(_changes(number), "测速").result()
            samples.append(time.perf_counter() - started)
        session.close()
    services.close()
    return tuple(samples[5:])


def _on_screen() -> tuple[float, ...]:
    """Seconds from taking an answer to the indicator page painted with the new assessment."""
    samples = []
    app = create_application(Settings())
    services = build_services()
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        window = MainWindow(services, Settings())
        window.resize(1440, 900)
        window.show()
        window.open_file(services.projects.sample(Path(folder))[1])
        assert window.audit is not None
        window.audit.go_to("benchmark")
        model = window.audit.model
        announced: list[object] = []
        model.assessment_changed.connect(lambda: announced.append(model.assessment))
        quiet = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
        for number in range(TIMES // 4):
            announced.clear()
            started = time.perf_counter()
            model.record(_changes(number), "测速")
            while not announced:
                app.processEvents(quiet)
            window.audit.page_widget("benchmark").repaint()
            samples.append(time.perf_counter() - started)
            for _ in range(5):
                QApplication.processEvents(quiet)
        window.close()
    services.close()
    return tuple(samples[3:])


def measures() -> list[Measure]:
    BUILD.mkdir(exist_ok=True)
    return [
        Measure("one answer durable on disk", _durable(), limit_s=0.020, statistic="p99"),
        Measure("one answer to the new score painted on the indicator page", _on_screen(), 0.050),
    ]
