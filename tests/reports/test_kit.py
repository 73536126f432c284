"""The paper kit: one paper with every block, set in every state and read back from the PDF."""

import dataclasses
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest

from app.assessment.indicator_system import Level
from app.errors import UserError
from app.papers.document import (
    Align,
    Bold,
    Column,
    Document,
    Figure,
    LevelMark,
    Paragraph,
    PdfFacts,
    Ref,
    Row,
    State,
    Table,
)
from app.reports import fonts, worker
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from app.reports.typesetting import BODY, closed_up
from tests.reports.example_document import HASH, example

MM = 72 / 25.4


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[State, tuple[Path, PdfFacts]]:
    """The example in each state."""
    folder = tmp_path_factory.mktemp("papers")
    return {
        state: (
            folder / f"{state.name}.pdf",
            write_pdf(example(state), folder / f"{state.name}.pdf"),
        )
        for state in State
    }


@pytest.fixture(scope="module")
def review(papers: dict[State, tuple[Path, PdfFacts]]) -> Path:
    return papers[State.FOR_REVIEW][0]


@functools.cache
def page_texts(path: Path) -> tuple[str, ...]:
    """Text of every page without white space."""
    pdf = pypdfium2.PdfDocument(path)
    texts = []
    for page in pdf:
        text = page.get_textpage()
        texts.append(re.sub(r"\s", "", text.get_text_range()))
        text.close()
        page.close()
    pdf.close()
    return tuple(texts)


def with_paragraph(document: Document, *runs: Any) -> Document:
    chapter = document.chapters[0]
    grown = dataclasses.replace(chapter, blocks=(*chapter.blocks, Paragraph(runs)))
    return dataclasses.replace(document, chapters=(grown, *document.chapters[1:]))


# ------------------------------------------------------------------ the file


@pytest.mark.parametrize("state", list(State))
def test_every_font_is_embedded_with_its_characters(
    papers: dict[State, tuple[Path, PdfFacts]], state: State
) -> None:
    seen = set()
    for page in pypdf.PdfReader(papers[state][0]).pages:
        resources: Any = page["/Resources"].get_object()
        for font in resources["/Font"].get_object().values():
            entry = font.get_object()
            assert "/FontFile2" in entry["/FontDescriptor"].get_object(), entry["/BaseFont"]
            assert "/ToUnicode" in entry
            seen.add(str(entry["/BaseFont"]).split("+")[-1])
    assert seen == set(fonts.FILES.values())


def test_labels_bookmarks_language_and_attachment(review: Path) -> None:
    reader = pypdf.PdfReader(review)
    assert reader.page_labels[:5] == ["封面", "I", "II", "III", "1"]
    assert reader.page_labels[-1] == str(len(reader.pages) - 4)
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert titles == ["1 企业现状", "2 对标", "附录 A 计算书", "附录 B 绩效表", "附录 C 版本与核验"]
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "zh-CN"
    assert reader.attachments["清审数据.json"] == [b"{}"]
    assert len(catalogue["/AF"]) == 1
    assert reader.metadata is not None
    assert "清洁生产审核报告" in str(reader.metadata.title)


def test_every_link_leads_to_the_page_of_its_thing(review: Path) -> None:
    reader = pypdf.PdfReader(review)
    texts = page_texts(review)
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages)}  # type: ignore[union-attr]
    targets: dict[int, list[int]] = {}
    for number, page in enumerate(reader.pages):
        for note in page.get("/Annots", []):
            destination: Any = note.get_object()["/Dest"].get_object()
            targets.setdefault(number, []).append(numbers[destination[0].idnum])
    energy = next(
        n for n, text in enumerate(texts) if n > 3 and "表1-1" in text and "图1-1" in text
    )
    long = next(
        n for n, text in enumerate(texts) if n > 3 and "2.1对照表" in text.replace("　", "")
    )
    assert set(targets[energy]) == {energy}, "「表 1-1」 and 「图 1-1」 of the text"
    assert targets[long] == [long]
    labels = reader.page_labels
    shown = [labels[target] for target in targets[2]]
    assert shown[:3] == ["1", "1", labels[long]]
    assert len(shown) == len(re.findall(r"附录|表[\dABC]-\d|图\d-\d", texts[2])) + 5


def test_contents_name_the_pages_things_stand_on(review: Path) -> None:
    texts = page_texts(review)
    labels = pypdf.PdfReader(review).page_labels
    contents = texts[2]
    for heading in ("2对标", "2.2小结", "附录A计算书"):
        page = next(
            n for n, text in enumerate(texts) if n > 3 and heading in text.replace("　", "")
        )
        assert heading + labels[page] in contents.replace("　", "")


def test_total_of_pages_is_the_true_one(papers: dict[State, tuple[Path, PdfFacts]]) -> None:
    path, facts = papers[State.FOR_REVIEW]
    texts = page_texts(path)
    assert facts.pages == len(texts)
    assert f"第1页共{facts.body_pages}页" in texts[4]
    assert f"第{facts.body_pages}页共{facts.body_pages}页" in texts[-1]
    assert "共" not in page_texts(papers[State.DRAFT][0])[4].split("无校验")[0][-12:]


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    one = write_pdf(example(), tmp_path / "one.pdf", invariant=True)
    two = write_pdf(example(), tmp_path / "two.pdf", invariant=True)
    assert one.sha256 == two.sha256


def test_a_refused_paper_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "paper.pdf"
    target.write_bytes(b"old")
    with pytest.raises(UserError):
        write_pdf(example(missing=True), target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_job_runs_to_its_result_and_its_problems(tmp_path: Path) -> None:
    job = worker.write_job(tmp_path, example(), tmp_path / "paper.pdf")
    assert worker.run_job(job) == 0
    assert worker.read_result(job).pages == len(pypdf.PdfReader(tmp_path / "paper.pdf").pages)
    job = worker.write_job(tmp_path, example(missing=True), tmp_path / "paper.pdf")
    assert worker.run_job(job) == 2
    with pytest.raises(UserError, match="没填"):
        worker.read_result(job)


# ------------------------------------------------------------------ the page


def boxes(path: Path) -> Iterator[tuple[int, float, float, float, float, float, float]]:
    """(page, width, height, left, bottom, right, top) of every object that can be seen."""
    pdf = pypdfium2.PdfDocument(path)
    for number, page in enumerate(pdf):
        for thing in page.get_objects(max_depth=1):
            yield (number, *page.get_size(), *thing.get_bounds())
        page.close()
    pdf.close()


def test_nothing_leaves_the_page_or_enters_the_strip_of_the_seal(review: Path) -> None:
    for number, width, height, left, bottom, right, top in boxes(review):
        place = (number + 1, left, bottom, right, top)
        assert left >= 10, place
        assert bottom >= 10, place
        assert top <= height - 10, place
        assert right <= width - 12 * MM, place


def test_sheets_have_their_sizes(review: Path) -> None:
    sizes = [
        (round(float(page.mediabox.width)), round(float(page.mediabox.height)))
        for page in pypdf.PdfReader(review).pages
    ]
    assert {(595, 842), (842, 595), (1191, 842)} == set(sizes)
    texts = page_texts(review)
    wide = sizes.index((842, 595))
    assert "2对标" in texts[wide].replace("　", ""), "the chapter opens on the sheet of its table"


def test_a_long_table_continues_with_its_heads(review: Path) -> None:
    texts = page_texts(review)
    parts = [text for text in texts if "续表2-1" in text]
    assert len(parts) >= 1
    assert all("基准值" in text and "Ⅰ级" in text for text in parts)
    assert sum("表2-1　指标对照表".replace("　", "") in t.replace("续表", "") for t in texts) >= 2
    rows = re.findall(r"第(\d+)项", "".join(texts))
    assert [int(one) for one in rows] == list(range(1, 60)), "no row is lost or doubled at a break"


def test_figures_align_on_the_decimal_point(tmp_path: Path) -> None:
    table = Table(
        "t", "数", (Column("项", 1), Column("值", 2, Align.NUMBER)),
        tuple(Row(("甲", value)) for value in ("1.5", "−22.25", "1\u2009862\u2009400.125")),
    )  # fmt: skip
    document = example()
    chapter = dataclasses.replace(document.chapters[0], blocks=(table,))
    bare = dataclasses.replace(document, front=(), chapters=(chapter,), appendices=())
    write_pdf(bare, tmp_path / "t.pdf")
    pdf = pypdfium2.PdfDocument(tmp_path / "t.pdf")
    page = pdf[3]
    text = page.get_textpage()
    whole = text.get_text_range()
    points = [n for n, c in enumerate(whole) if c == "." and whole[n - 1 : n].isdigit()]
    lefts = {round(text.get_charbox(n)[0], 1) for n in points if "表" not in whole[n - 4 : n]}
    text.close()
    page.close()
    pdf.close()
    assert len(points) == 3
    assert len(lefts) == 1, lefts


@pytest.mark.parametrize("state", list(State))
def test_the_state_word_is_no_text(
    papers: dict[State, tuple[Path, PdfFacts]], state: State
) -> None:
    body = page_texts(papers[state][0])[5]
    assert body.count(state.value) == 1, "only in the foot, never from the watermark"


def test_the_edition_is_framed_with_its_hash(review: Path) -> None:
    last = page_texts(review)[-1]
    assert "QS26-5NAN-6V7ST" in last
    assert HASH in last
    black = [b for b in boxes(review) if b[0] == len(page_texts(review)) - 1]
    assert len(black) > 300, "the QR code is drawn"


# ------------------------------------------------------------------ text


NASTY = "<b>甲&乙</b> <br/> &lt; a<b>c\t末\u200b\x00\x1b\ufffe\ud83d尾"
# Rare in names: extension A and B, bold 噁, emoji with selectors, compatibility forms, characters of places.
RARE = "𠮷㸃噁﨑\u274c🙂⚠埗塱滘郃祎珺玥𬭎𬬻㎡₂◐"


def test_user_text_prints_as_typed(tmp_path: Path) -> None:
    facts = write_pdf(example(State.DRAFT, extra=NASTY), tmp_path / "paper.pdf")
    wanted = "<b>甲&乙</b><br/>&lt;a<b>c末〓U+FFFE尾"
    assert "".join(page_texts(tmp_path / "paper.pdf")).count(wanted) >= 3
    assert facts.replaced == ("\ufffe",)


@pytest.mark.parametrize("bold", [False, True])
def test_rare_characters_print_and_read_back(tmp_path: Path, bold: bool) -> None:
    given = "".join(f"{one}\ufe0f" for one in RARE)  # the selectors have no shape of their own
    document = with_paragraph(example(extra=given), "见", Bold(given) if bold else given, "。")
    facts = write_pdf(document, tmp_path / "paper.pdf")
    assert facts.replaced == ()
    assert text_of((tmp_path / "paper.pdf").read_bytes()).count(RARE) >= 4
    assert "".join(page_texts(tmp_path / "paper.pdf")).count(RARE) >= 4


def test_a_character_without_glyph_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        write_pdf(example(extra="龘𠁮和"), tmp_path / "paper.pdf")
    assert any("𠁮" in p.what and "企业现状" in p.where for p in caught.value.problems)
    assert not any("和" in p.what for p in caught.value.problems)


def test_a_draft_prints_a_mark_for_it_that_says_which(tmp_path: Path) -> None:
    facts = write_pdf(example(State.DRAFT, extra="𠁮"), tmp_path / "paper.pdf")
    assert facts.replaced == ("𠁮",)
    assert "〓U+2006E" in "".join(page_texts(tmp_path / "paper.pdf"))
    clean = write_pdf(example(State.DRAFT), tmp_path / "next.pdf")
    assert clean.replaced == ()
    assert "〓" not in "".join(page_texts(tmp_path / "next.pdf")), (
        "nothing stays of the paper before"
    )


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    wide = Table("w", "太宽", tuple(Column("栏", 1, Align.NUMBER) for _ in range(12)),
                 (Row(tuple("1234567.8901" for _ in range(12))),))  # fmt: skip
    document = example(extra="𠁮", missing=True)
    chapter = document.chapters[0]
    grown = dataclasses.replace(chapter, blocks=(*chapter.blocks, wide))
    document = dataclasses.replace(document, chapters=(grown, *document.chapters[1:]))
    with pytest.raises(UserError) as caught:
        write_pdf(document, tmp_path / "paper.pdf")
    told = "".join(problem.what for problem in caught.value.problems)
    assert "字库里没有" in told
    assert "没填" in told
    assert "太宽" in told


def test_a_reference_to_nothing_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        write_pdf(with_paragraph(example(), "见", Ref("nowhere")), tmp_path / "paper.pdf")


def test_a_level_not_reached_prints_as_such(tmp_path: Path) -> None:
    write_pdf(with_paragraph(example(), "等级 ", LevelMark(Level.NONE)), tmp_path / "paper.pdf")
    assert "等级未达" in "".join(page_texts(tmp_path / "paper.pdf"))


SENTENCES = (
    "投资251.1万元，年经济效益94.65万元/a，每年节电23.90万kWh、节气1.50万m³，减排CO₂ 137.67 t，共12个方案。",
    "企业按 GB/T 24001 管理，清洗取水量 31.80 L/m²，要求 ≥ 85 分，（Ⅱ级 ≤ 24）。2026年11月16日完成，减少 5 个岗位。",
    "取水 1\u2009862\u2009400 m³，占 77.6%；重复利用率 33.78 %，温度 −12.5 ℃，“双有”企业——其中……见末页。",
)
WHOLE = (
    r"\d万元", r"万元/a", r"\d万kWh", r"\d万m³", r"\d t", r"\d个", r"\d年", r"\d月", r"\d日", r"\d m³",
    r"\d L/m²", r"≥ \d", r"≤ \d", r"GB/T 24001", r"\d%", r"\d %", r"−\d", r"\d ℃", r"\d 个", r"——", r"……", r"\d\.\d",
    r"\d\u2009\d",
)  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_line_breaks_where_none_may(sentence: str) -> None:
    fonts.register()
    sentence = closed_up(sentence)
    for width in range(110, 445, 3):
        texts = ChineseParagraph(as_runs(sentence), BODY).lines(width)
        assert len("".join(texts)) >= len(sentence) - len(texts)
        at = 0
        for text in texts[:-1]:
            at = sentence.index(text.rstrip(), at) + len(text.rstrip())
            after = sentence[at:].lstrip(" ")[:1]
            assert after not in "、。，；：？！）】》”％℃%…—", (width, text, after)
            assert text.rstrip()[-1] not in "（【《“≥≤−", (width, text)
            for pattern in WHOLE:
                parted = [m for m in re.finditer(pattern, sentence) if m.start() < at < m.end()]
                assert not parted, (width, pattern, text)


def test_figures_know_their_chart() -> None:
    """The example keeps using every kind of block, or the kit is not tested."""
    kinds = {
        type(block).__name__
        for chapter in (*example().chapters, *example().appendices)
        for block in chapter.blocks
    }
    assert kinds == {
        "Section", "SubSection", "Paragraph", "Table", Figure.__name__, "PageBreak", "SealRow", "EditionBox",
    }  # fmt: skip
