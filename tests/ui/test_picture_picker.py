"""Choosing the report's pictures by looking at them: in, out, order, kind, caption; a renamed paper stays chosen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.audit.evidence import papers
from app.papers.pictures import TABLE, wanted_pictures
from app.services import evidence
from app.services.report_pictures import order_pictures
from app.ui import theme
from app.ui.pages.evidence import EvidenceScreen
from app.ui.pages.picture_picker import PicturePicker
from app.ui.session import SessionModel
from app.ui.tasks import Task, Tasks
from tests.helpers.windows import sample_session
from tests.ui.test_audit_screen import nameless

NAMES = ("厂区平面布置图.png", "清洗线改前.jpg", "清洗线改后.jpg")


@pytest.fixture
def picker(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[PicturePicker]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    files = [tmp_path / name for name in (*NAMES, "说明.txt")]
    for at, file in enumerate(files):
        if file.suffix == ".txt":
            file.write_text("不是图", encoding="utf-8")
        else:
            Image.new("RGB", (120, 80), (40 * at, 90, 120)).save(file)
    session = sample_session(tmp_path)
    kept, against = evidence.keep_files(session, files)
    assert not against
    evidence.place_papers(session, kept)
    model = SessionModel(session)
    assert not model.book.row_ids(TABLE)
    tasks = Tasks()
    made = PicturePicker(model, tasks)
    made.resize(1180, 680)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    tasks.close()  # the small pictures may still be being drawn
    QApplication.processEvents()
    model.close()


def titles(picker: PicturePicker) -> list[str]:
    return [one.paper.title for one in picker.papers.rows]


def shown(picker: PicturePicker) -> list[str]:
    return [one.caption for one in wanted_pictures(picker.model.project)]


def tile(picker: PicturePicker, title: str) -> None:
    at = next(at for at, one in enumerate(titles(picker)) if one == title)
    picker.view.setFocus()
    picker.view.setCurrentIndex(picker.papers.index(at))


def drop(picker: PicturePicker, data: QMimeData, at: QPointF) -> None:
    event = QDropEvent(
        at,
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    picker.order.dropEvent(event)
    QTest.qWait(5)


def test_pictures_are_chosen_ordered_and_named_by_looking_at_them(picker: PicturePicker) -> None:
    assert nameless(picker) == []
    assert sorted(titles(picker)) == ["厂区平面布置图", "清洗线改前", "清洗线改后"]  # no text file
    for name in ("清洗线改前", "清洗线改后", "厂区平面布置图"):
        tile(picker, name)
        QTest.keyClick(picker.view, Qt.Key.Key_Space)
    assert shown(picker) == ["清洗线改前", "清洗线改后", "厂区平面布置图"]
    for _ in range(2):  # the last one is chosen
        QTest.keyClick(picker.order, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert shown(picker)[0] == "厂区平面布置图"
    picker.kind.setCurrentIndex(picker.kind.findText("平面布置图"))
    picker.kind.activated.emit(picker.kind.currentIndex())
    assert shown(picker)[0] == "平面布置图"
    picker.caption.setText("厂区平面布置（2026 年 3 月）")
    picker.caption.editingFinished.emit()
    assert shown(picker) == ["厂区平面布置（2026 年 3 月）", "清洗线改前", "清洗线改后"]
    tile(picker, "清洗线改前")
    QTest.keyClick(picker.view, Qt.Key.Key_Space)  # out again
    assert shown(picker) == ["厂区平面布置（2026 年 3 月）", "清洗线改后"]
    picker.model.undo()
    assert shown(picker)[1] == "清洗线改前"
    picker.order.setFocus()
    picker.order.setCurrentRow(0)
    QTest.keyClick(picker.order, Qt.Key.Key_Delete)
    assert shown(picker) == ["清洗线改前", "清洗线改后"]
    assert len(papers(picker.model.book)) == 4  # it stays in the binder


def test_tiles_and_rows_can_be_dragged(picker: PicturePicker) -> None:
    def of(title: str) -> QMimeData:
        return picker.papers.mimeData([picker.papers.index(titles(picker).index(title))])

    drop(picker, of("清洗线改后"), QPointF(10, 10))
    drop(picker, of("清洗线改前"), QPointF(10, 2))  # upon the upper half of the first: before it
    assert shown(picker) == ["清洗线改前", "清洗线改后"]
    drop(picker, of("清洗线改前"), QPointF(10, 600))  # one that is there goes to the place
    assert shown(picker) == ["清洗线改后", "清洗线改前"]
    rows = picker.order.rows()
    picker.order.ordered.emit(rows[::-1])
    assert shown(picker) == ["清洗线改前", "清洗线改后"]
    picker.model.undo()
    assert shown(picker) == ["清洗线改后", "清洗线改前"]


def test_a_renamed_paper_stays_in_the_report_and_twins_are_told_apart(
    picker: PicturePicker, tmp_path: Path
) -> None:
    model = picker.model
    tile(picker, "清洗线改前")
    QTest.keyClick(picker.view, Qt.Key.Key_Space)
    paper = next(one for one in papers(model.book) if one.title == "清洗线改前")
    renamed = evidence.renamed(paper, "2 号线")
    model.act(lambda session: evidence.change_paper(session, renamed, "证据改名"))
    (one,) = wanted_pictures(model.project)
    assert one.paper is not None
    assert one.paper.title == "2 号线"
    other = tmp_path / "别处"
    other.mkdir()
    Image.new("RGB", (60, 60), (1, 2, 3)).save(other / "清洗线改后.jpg")
    kept, _ = evidence.keep_files(model.session, [other / "清洗线改后.jpg"])
    model.act(lambda session: evidence.place_papers(session, kept))
    for at, title in enumerate(titles(picker)):
        if title == "清洗线改后":
            picker.view.setFocus()
            picker.view.setCurrentIndex(picker.papers.index(at))
            QTest.keyClick(picker.view, Qt.Key.Key_Space)
    found = wanted_pictures(model.project)
    assert len({one.paper.sha256 for one in found if one.paper is not None}) == 3
    assert not order_pictures(model.project, ()).changes


class _LateTasks(Tasks):
    """Work that is finished when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.after: list[Callable[[], object]] = []

    def start(
        self,
        title: str,
        work: Callable[[Task], Any],
        done: Callable[[Any], object],
        failed: Callable[[BaseException], object],
    ) -> Task:
        self.after += [lambda: done((b"", 0)), lambda: failed(ValueError())]
        return Task(title, lambda _text: None)


def test_a_screen_that_is_left_while_its_pictures_are_drawn_says_nothing(
    picker: PicturePicker, qtbot: QtBot
) -> None:
    tasks = _LateTasks()
    for screen in (EvidenceScreen(picker.model, tasks), PicturePicker(picker.model, tasks)):
        screen.resize(1180, 680)
        with qtbot.waitExposed(screen):
            screen.show()
        QTest.qWait(60)
        shiboken6.delete(screen)
    assert len(tasks.after) >= 4
    for late in tasks.after:
        late()
