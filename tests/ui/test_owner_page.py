"""给老板看的一页 in the window: what is printed is shown; saved as it stands."""

from pathlib import Path

from pypdfium2 import PdfDocument
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.papers.document import Paragraph, Table, cell_text
from app.papers.owner import owner_blocks
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.owner import OwnerPage
from app.ui.session import SessionModel
from tests.helpers.windows import sample_session


def test_the_owner_page_shows_what_it_prints(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    model = SessionModel(sample_session(tmp_path, complete=True))
    screen = AuditScreen(model, side_open=True, help_open=False)
    qtbot.addWidget(screen)
    screen.resize(1366, 728)
    screen.show()
    screen.go_to("owner")
    QApplication.processEvents()
    page = screen.findChild(OwnerPage)
    assert page is not None

    def said() -> str:
        QApplication.processEvents()
        text = "\n".join(one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page))
        return text.replace('<b style="font-size:12pt">', "").replace("</b>", "")

    shown = said()
    for block in owner_blocks(model.project, model.assessment):
        match block:
            case Paragraph(runs):
                assert cell_text(runs) in shown
            case Table():
                for row in block.rows:
                    assert all(cell_text(cell) in shown for cell in row.cells)
            case _:
                pass
    target = tmp_path / "一页.pdf"
    page.write(target)
    qtbot.waitUntil(target.is_file)
    pdf = PdfDocument(target)
    assert "301.87" in pdf[0].get_textpage().get_text_range()
    pdf.close()
    page.choice.buttons[1].setFocus()
    QTest.keyClick(page.choice.buttons[1], Qt.Key.Key_Space)
    assert "低于许可的排放量" in said()
    screen.commit_pending()
    model.close()
