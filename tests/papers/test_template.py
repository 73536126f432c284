"""A consultant's template: read from a file with everything wrong with it, kept in the audit, printed, sealed, verified."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pypdfium2
import pytest
import yaml
from PIL import Image

from app.bootstrap import load_catalogue
from app.errors import UserError
from app.papers.audit_report import build_report
from app.papers.document import Paragraph, State
from app.papers.template import layouts, template_from_text
from app.services.drafting import draft_texts, empty_texts
from app.services.paper_templates import add_template, choose_template, template_called, templates
from app.services.projects import Projects
from app.services.reporting import unplaced_words, write_report
from app.services.session import ImmediateExecutor
from app.services.template_file import read_template
from app.services.verifying import verify
from app.services.word import write_word
from tests.helpers.papers import said_by

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
DAY = date(2026, 11, 29)
WHOLE = """\
name: 衡岭标准版
consultant: 佛山衡岭环境技术咨询有限公司
head: 衡岭环境
logo: logo.png
layout: fangsong
copies: 一式三份
cover:
  项目编号: HL-2026-018
qualification:
  - 本机构配备清洁生产审核所需的人员。
chapters:
  企业现状: 本章数据取自现场核对的台账，基准年取水 {全年取水}。
"""


@pytest.fixture(scope="module")
def projects() -> Projects:
    return Projects(load_catalogue(), ImmediateExecutor(), lambda: NOW)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("app.paths.user_data_dir", lambda: tmp_path / "user")
    Image.new("RGB", (120, 40), "black").save(tmp_path / "logo.png")
    path = tmp_path / "模板.yaml"
    path.write_text(WHOLE, "utf-8")
    return path


def test_a_template_is_read_whole_and_kept(file: Path) -> None:
    template = add_template(file)
    assert template_from_text(template.to_text()) == template
    assert [one.name for one in templates()] == ["衡岭标准版"]
    assert template_called("衡岭标准版") == template
    with pytest.raises(UserError) as caught:
        template_called("没有的")
    assert "衡岭标准版" in str(caught.value)


def test_everything_wrong_is_said_at_once(file: Path) -> None:
    file.write_text(
        "consultant: 甲\nlogo: 没有.png\nlayout: 不知道\n颜色: 红\ncover: 甲\n", "utf-8"
    )
    with pytest.raises(UserError) as caught:
        read_template(file)
    said = str(caught.value)
    for words in ("没有 name", "找不到 没有.png", "没有版式", "不认识「颜色」", "一行一个"):
        assert words in said
    file.write_text("- 甲\n", "utf-8")
    with pytest.raises(UserError):
        read_template(file)


def test_the_template_goes_through_every_paper_and_into_the_seal(
    projects: Projects, file: Path, tmp_path: Path
) -> None:
    session = projects.open_audit(projects.printer_sample(tmp_path))
    choose_template(session, read_template(file))
    document = build_report(session.project, None, state=State.FINAL, today=DAY)
    assert document.head_left.startswith("衡岭环境")
    assert document.cover is not None
    assert ("项目编号", "HL-2026-018") in document.cover.facts
    assert ("份数", "一式三份") in document.cover.facts
    assert document.cover.logo is not None
    first = document.chapters[1].blocks[0]
    assert isinstance(first, Paragraph)
    assert "基准年取水 11640 m³" in said_by((first,))
    target = tmp_path / "定稿.pdf"
    write_report(session.project, None, target, state="定稿", today=DAY)
    verdict = verify(target, None, projects.cases)
    assert verdict.same, verdict.differences
    word = tmp_path / "a.docx"
    write_word(session.project, None, word, state="草稿", now=NOW)
    made = docx.Document(str(word))
    own = layouts()["fangsong"]
    margin = made.sections[0].left_margin
    assert margin is not None
    assert round(margin.mm) == own.left
    assert made.styles["Body Text"].font.size.pt == own.body
    choose_template(session, None)
    plain = build_report(session.project, None, state=State.FINAL, today=DAY)
    assert plain.head_left == "清洁生产审核报告"
    session.close()


@pytest.mark.parametrize(
    ("setting", "left", "right", "body"),
    [
        ("{left: 40, right: 33, top: 40, bottom: 40}", 40.0, 33.0, 12.0),
        ("{body: 15, leading: 30, heading_1: 20, heading_2: 17, caption: 12}", 30.0, 23.4, 15.0),
    ],
    ids=["wide margins", "bigger type"],
)
def test_margins_and_type_act_on_pdf_and_word(
    projects: Projects,
    file: Path,
    tmp_path: Path,
    setting: str,
    left: float,
    right: float,
    body: float,
) -> None:
    file.write_text(f"name: 甲\nsetting: {setting}\nchapters:\n  没有的章: 一段\n", "utf-8")
    template = read_template(file)
    assert template_from_text(template.to_text()) == template
    session = projects.open_audit(projects.printer_sample(tmp_path))
    choose_template(session, template)
    target, word = tmp_path / "a.pdf", tmp_path / "a.docx"
    facts = write_report(session.project, None, target, state="送审稿", today=DAY)
    assert facts.unplaced == ("没有的章",)  # said, not dropped without a word
    assert "没有的章" in unplaced_words(facts.unplaced)
    write_word(session.project, None, word, state="草稿", now=NOW)
    session.close()
    paper, sizes = pypdfium2.PdfDocument(target), set()
    edge, end = left * 72 / 25.4, 595.3 - right * 72 / 25.4
    for page in list(paper)[4:]:
        if page.get_width() < page.get_height():
            boxes = [one.get_bounds() for one in page.get_objects(filter=[1])]
            assert min(box[0] for box in boxes) > edge - 6  # a mark of limiting rows stands outside
            assert max(box[2] for box in boxes) < end + 6
    text = paper[8].get_textpage()
    for place in range(text.count_chars()):
        sizes.add(round(pypdfium2.raw.FPDFText_GetFontSize(text.raw, place), 1))
    paper.close()
    assert body in sizes
    made = docx.Document(str(word))
    assert made.sections[-1].left_margin is not None
    assert round(made.sections[0].left_margin.mm, 1) == left  # type: ignore[union-attr]
    assert made.styles["Body Text"].font.size.pt == body


def test_numbers_of_a_layout_have_limits(file: Path) -> None:
    file.write_text(
        "name: 甲\nsetting: {left: 90, body: 3, right: 十, 行距: 2, top: 30}\n", "utf-8"
    )
    with pytest.raises(UserError) as caught:
        read_template(file)
    said = str(caught.value)
    for words in ("「90」不行", "「3」不行", "「十」不行", "不认识「行距」", "写 18 到 42 的数"):
        assert words in said


def test_empty_texts_are_drafted_in_one_act(projects: Projects, tmp_path: Path) -> None:
    session = projects.open_audit(projects.sample(tmp_path)[0])
    before = session.book
    assert empty_texts(session.project) == 0
    from app.forms.answer import MISSING, Change

    session.record([Change("firm.intro", before.get("firm.intro"), MISSING)], "清空")
    assert empty_texts(session.project) == 1
    draft_texts(session)
    assert "{全年取水}" in session.book.text("firm.intro")
    session.undo()
    assert session.book.text("firm.intro") == ""
    session.close()


@pytest.mark.parametrize(
    "name",
    [
        "../logo.png",
        "/dev/zero",
        "\\\\server\\share\\logo.png",
        "C:\\logo.png",
        "a\0.png",
        "x" * 400,
        "..",
        "pipe.png",
    ],
)
def test_a_template_of_a_stranger_names_a_picture_beside_it_only(name: str, file: Path) -> None:
    (file.parent.parent / "logo.png").write_bytes((file.parent / "logo.png").read_bytes())
    if sys.platform != "win32":
        os.mkfifo(file.parent / "pipe.png")
    file.write_text(yaml.safe_dump({"name": "甲", "logo": name}), "utf-8")
    with pytest.raises(UserError):
        read_template(file)
