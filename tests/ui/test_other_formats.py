"""「别的格式」: Word and the calculation workbook from the report page, while the window goes on."""

from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook
from pytestqt.qtbot import QtBot

from app.services import reporting
from app.ui import theme
from app.ui.pages.report import ReportPage
from app.ui.session import SessionModel
from tests.helpers.windows import sample_session


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> ReportPage:
    theme.load_fonts()
    model = SessionModel(sample_session(tmp_path, complete=True))
    found = next(one for one in model.project.questionnaire.pages() if one.id == "report")
    made = ReportPage(model, found)
    qtbot.addWidget(made, before_close_func=lambda _: model.close())
    made.resize(1366, 700)
    made.show()
    return made


def test_both_are_written_and_told(qtbot: QtBot, page: ReportPage, tmp_path: Path) -> None:
    said: list[str] = []
    page.model.message_posted.connect(lambda message: said.append(message.text))
    formats = page.other_formats
    word, page_file, workbook = formats.formats
    formats.write(word, tmp_path / "报告.docx")
    assert not formats.button.isEnabled()
    qtbot.waitUntil(formats.button.isEnabled)
    assert docx.Document(str(tmp_path / "报告.docx")).paragraphs
    formats.write(page_file, tmp_path / "报告.html")
    qtbot.waitUntil(formats.button.isEnabled)
    assert "这个数怎么来的" in (tmp_path / "报告.html").read_text("utf-8")
    formats.write(workbook, tmp_path / "计算.xlsx")
    qtbot.waitUntil(formats.button.isEnabled)
    assert load_workbook(tmp_path / "计算.xlsx").sheetnames == ["结果", "指标", "数据"]
    assert said == ["已写好：报告.docx", "已写好：报告.html", "已写好：计算.xlsx"]
    formats.write(word, tmp_path / "没有" / "报告.docx")
    qtbot.waitUntil(formats.button.isEnabled)
    assert "没有这个文件夹" in said[-1]
    page.grab().save(str(tmp_path / "page.png"))
    assert reporting.STATES[0] == "草稿"
