"""A folder dropped onto the window: read, shown once, filled as one act, taken back as one; the binder and the way to it."""

import shutil
from collections.abc import Callable, Iterator, Sequence, Set
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import UserError
from app.forms.answer import MISSING, Change, Given
from app.services import bill_filling, evidence
from app.services.bill_filling import Choice
from app.services.bill_reading import FolderReading, read_folder
from app.ui import problems
from app.ui.bills_preview import BillsPreview
from app.ui.main_window import MainWindow
from app.ui.pages.evidence import EvidenceScreen, size_text
from tests.ui.test_main_window import catalogue_is_built, open_window, services  # noqa: F401

GIVEN = Path(__file__).parents[1] / "bill_papers"
FIRM = "佛山市澄岭五金表面处理有限公司"
_LONG = 60_000


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The given papers without the photograph, which needs the optional component. What was read of them for one firm is
    known for the next test; papers themselves are read in tests/bills."""
    folder = tmp_path_factory.mktemp("papers") / "bills"
    folder.mkdir()
    for path in GIVEN.iterdir():
        if path.suffix not in (".jpg", ".json"):
            shutil.copy(path, folder)
    known: dict[object, FolderReading] = {}

    def read(paths: Sequence[Path], *, buyer: str, years: Set[int], **named: Any) -> FolderReading:
        asked = (tuple(paths), buyer, frozenset(years))
        if asked not in known:
            known[asked] = read_folder(paths, buyer=buyer, years=years, **named)
        return known[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bill_filling, "read_folder", read)
        yield folder


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:  # noqa: F811
    window = open_window()
    window.open_sample()
    assert window.model is not None
    book = window.model.book
    changes = [
        Change(key, answer, MISSING)
        for key, answer in book.answers.items()
        if key.startswith(("energy.bills/2025", "water.bills/2025"))
    ]
    firm = Change("firm.name", book.get("firm.name"), Given(FIRM))
    window.model.record([*changes, firm], "没有账单的案卷")
    return window


def _drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.dropEvent(event)


def _preview(window: MainWindow, qtbot: QtBot, path: Path) -> BillsPreview:
    _drop(window, path)
    qtbot.waitUntil(lambda: isinstance(window.evidence.screen, BillsPreview), timeout=_LONG)
    screen = window.evidence.screen
    assert isinstance(screen, BillsPreview)
    return screen


def _text(window: MainWindow, key: str) -> str:
    assert window.model is not None
    return window.model.book.text(key)


def test_a_folder_fills_the_year_as_one_act(window: MainWindow, qtbot: QtBot, bills: Path) -> None:
    preview = _preview(window, qtbot, bills)
    assert window.screens.current_screen() is preview
    assert len(preview.rows) == 11
    assert _text(window, "energy.bills/2025-05/electricity") == ""  # nothing before the button
    qtbot.waitUntil(lambda: bool(preview.picture.scene.items()), timeout=_LONG)
    assert len(preview.picture.scene.items()) == 3  # the page, and two places marked
    QTest.keyClick(preview.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.evidence.screen is None
    assert window.screens.current_screen() is window.audit
    assert _text(window, "energy.bills/2025-05/electricity") == "168752"
    assert _text(window, "water.bills/2025-11/intake") == "4415"
    assert window.audit is not None
    window.audit.undo()
    assert _text(window, "energy.bills/2025-05/electricity") == ""
    window.audit.redo()
    assert _text(window, "energy.bills/2025-05/electricity") == "168752"


def test_a_firm_written_otherwise_is_asked_about_once(
    window: MainWindow, qtbot: QtBot, bills: Path
) -> None:
    assert window.model is not None
    name = Change("firm.name", Given(FIRM), Given("佛山市南海区澄岭五金表面处理有限公司"))
    window.model.record([name], "改名")
    preview = _preview(window, qtbot, bills)
    assert {row.choice for row in preview.rows} == {Choice.NOTHING}
    assert preview.buyer_bar is not None
    button = preview.buyer_bar.findChild(QPushButton)
    assert button is not None
    button.click()
    assert sum(1 for row in preview.rows if row.choice is Choice.FILL) == 8
    other = next(row for row in preview.rows if "别家" in row.reading.file)
    assert other.choice is Choice.NOTHING


def test_keyboard_chooses_and_esc_leaves_all_as_it_was(
    window: MainWindow, qtbot: QtBot, bills: Path
) -> None:
    preview = _preview(window, qtbot, bills)
    assert window.model is not None
    before = window.model.book
    other = next(at for at, row in enumerate(preview.rows) if "别家" in row.reading.file)
    assert preview.rows[other].choice is Choice.NOTHING
    preview.table.selectRow(other)
    preview.table.setFocus()
    QTest.keyClick(preview.table, Qt.Key.Key_Space)
    assert preview.rows[other].choice is Choice.FILL
    cell = preview.table.item(other, 0)
    assert cell is not None
    assert cell.text() == "填入"
    assert "中山市另一家" in preview.why.text()
    preview.choose(Choice.NOTHING)
    QTest.keyClick(preview.table, Qt.Key.Key_Escape)
    assert window.evidence.screen is None
    assert window.model.book is before


def test_a_figure_leads_to_its_paper_and_back(
    window: MainWindow, qtbot: QtBot, bills: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _preview(window, qtbot, bills).write()
    assert window.audit is not None
    assert window.model is not None
    window.audit.go_to("energy", "energy.bills/2025-07/electricity")
    proofs = [one for one in evidence.binder(window.model.session) if any(p.key == "energy.bills/2025-07/electricity" for p in one.paper.proves)]  # fmt: skip
    (paper,) = proofs
    window.model.screen_requested.emit("evidence", paper.paper.sha256)
    screen = window.evidence.screen
    assert isinstance(screen, EvidenceScreen)
    assert "7 月电费通知单" in screen.name.text()
    qtbot.waitUntil(lambda: len(screen.picture.scene.items()) == 3, timeout=_LONG)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_a, **_k: ("七月的单", True))
    screen.rename()
    assert "七月的单" in screen.name.text()
    screen.group_choice.setCurrentText("还没归类")
    screen.group_choice.activated.emit(screen.group_choice.currentIndex())
    renamed = next(
        one.paper for one in evidence.binder(window.model.session) if one.paper.title == "七月的单"
    )
    assert renamed.group == "还没归类"
    count = len(evidence.binder(window.model.session))
    screen.choose(renamed.sha256)
    screen.take_out()
    assert len(evidence.binder(window.model.session)) == count - 1
    window.model.undo()
    assert len(evidence.binder(window.model.session)) == count
    screen.place_wanted.emit("water.bills/2025-01/intake")
    assert window.evidence.screen is None
    assert window.audit.current_page == "water"


def test_the_binder_says_what_is_missing(window: MainWindow, qtbot: QtBot, bills: Path) -> None:
    _preview(window, qtbot, bills).write()
    screen = window.evidence.open_binder()
    assert screen is not None
    assert "还缺" in screen.groups.item(screen.groups.count() - 1).text()
    screen.copy_missing()
    copied = QGuiApplication.clipboard().text()
    assert "气费单：2025-01" in copied
    assert "2025-12" not in copied.split("气费单")[1].split("\n")[0]


def test_without_an_audit_it_says_what_to_do(
    open_window: Callable[[], MainWindow],  # noqa: F811
    bills: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        problems, "show_user_error", lambda _w, title, error: told.append(f"{title} {error}")
    )
    window = open_window()
    window.go_home()
    _drop(window, bills)
    qtbot.waitUntil(lambda: bool(told))
    assert "先打开一个案卷" in told[0]


def test_files_dropped_on_the_binder_are_kept_as_they_are(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        problems, "show_user_error", lambda _w, _title, error: told.append(str(error))
    )
    camera = tmp_path / "相机"
    camera.mkdir()
    for number in range(40):
        (camera / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50 + number))
    (camera / "空.png").write_bytes(b"")
    screen = window.evidence.open_binder()
    assert screen is not None
    _drop(window, camera)
    qtbot.waitUntil(lambda: screen.papers.rowCount() == 40, timeout=_LONG)
    assert window.model is not None
    assert {kept.paper.group for kept in evidence.binder(window.model.session)} == {"还没归类"}
    assert "空.png" in told[0]
    window.model.undo()
    assert screen.papers.rowCount() == 0
    with pytest.raises(UserError):
        evidence.read_paper(tmp_path / "没有.png")
    assert size_text(1_260_000) == "1.3 MB"
    assert size_text(0) == "0"
