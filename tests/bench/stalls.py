"""How long the window cannot be used at a stretch: the processor time of its thread between two beats, act by act."""

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import build_services
from app.forms.answer import Change, Given
from app.ui.application import create_application
from app.ui.audit_screen import AuditScreen
from app.ui.main_window import MainWindow
from app.ui.pages.report import ReportPage
from app.ui.settings import Settings
from tests.bench.measure import Measure
from tests.helpers.typing import press, type_text

STALL = 0.050
_BEAT_MS = 5


class _Beats:
    """samples_s: processor time of this thread between two beats, of the beats where something was done."""

    def __init__(self) -> None:
        self.samples_s: list[float] = []
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.thread_time()
        self.samples_s.append(now - self._last)
        self._last = now

    @contextmanager
    def counted(self) -> Iterator[None]:
        self._last = time.thread_time()
        self._timer.start(_BEAT_MS)
        yield
        self._beat()
        self._timer.stop()


def _worst(title: str, acts: list[Callable[[], object]], settle_ms: int = 400) -> Measure:
    """The longest stretch of each act, until the window rests again."""
    worst = []
    for act in acts:
        beats = _Beats()
        with beats.counted():
            act()
            QTest.qWait(settle_ms)
        worst.append(max(beats.samples_s))
    return Measure(title, tuple(worst), STALL, "p99")


def measures() -> list[Measure]:
    gc.set_threshold(20_000, 20, 50)  # as the program does (app.__main__)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLEANAUDIT_HOME"] = folder
        create_application(Settings())
        services = build_services()
        sample = services.projects.finished_sample(Path(folder))
        window = MainWindow(services, Settings())
        window.resize(1366, 768)
        window.show()
        window.start(sample)
        QTest.qWait(3000)
        screen, model = window.audit, window.model
        assert screen is not None
        assert model is not None
        pages = [page.id for page in model.project.questionnaire.pages()]
        window.build_ahead()
        result = [_worst("开着几秒，没人动：把没看过的页先排好", [lambda: _until_built(screen)])]
        result += [
            _worst("换页，第一次", [lambda p=page: model.go_to(p) for page in pages]),  # type: ignore[misc]
            _worst("换页，再一次", [lambda p=page: model.go_to(p) for page in pages]),  # type: ignore[misc]
        ]
        model.go_to("energy", "energy.bills/2025-07/electricity")
        QTest.qWait(1500)
        result.append(_worst("打一个数字", [lambda d=digit: type_text(d) for digit in "171234"]))  # type: ignore[misc]
        result.append(_worst("Enter：写进文件，页上跟着变，体检重算", [_enter], 3000))
        for key in ("energy.bills/2025-03/electricity", "water.bills/2025-05/intake"):
            model.record([Change(key, model.book.get(key), Given("99999999"))], "测速")
        QTest.qWait(2000)
        result.append(_worst("F8：走到下一处", [_walk] * 5, 700))
        result.append(_worst("Ctrl+K：打开搜索", [screen.open_search], 700))
        result.append(_worst("搜索里打字", [lambda c=c: type_text(c) for c in "dlhys"]))  # type: ignore[misc]
        press(Qt.Key.Key_Escape)
        model.go_to("report")
        QTest.qWait(1500)
        page = screen.page_widget("report")
        assert isinstance(page, ReportPage)
        result.append(_worst("排版预览", [page.make], 6000))
        result.append(_worst("存成 PDF", [lambda: page.save_to(Path(folder) / "a.pdf")], 3000))
        window.close()
        services.close()
        QApplication.processEvents()
    return result


def _until_built(screen: AuditScreen) -> None:
    while not screen.is_built_ahead:
        QTest.qWait(100)


def _walk() -> None:
    press(Qt.Key.Key_F8)


def _enter() -> None:
    press(Qt.Key.Key_Return)
