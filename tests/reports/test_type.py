"""How words and tables are set: gaps, indexes, heads, columns, hairlines."""

import dataclasses
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.enums import TA_CENTER

from app.papers.digits import told_days
from app.papers.document import Align, Column, JoinUp, Ref, Row, RowKind, Size, Table
from app.papers.row_rules import ruled_after
from app.papers.unbroken import UNBROKEN
from app.reports import fonts
from app.reports.fonts import HEI_MEDIUM, SONG
from app.reports.paragraph import ChineseParagraph, as_runs
from app.reports.pdf import write_pdf
from app.reports.table_widths import fitted_widths
from app.reports.tables import BuiltTable
from app.reports.typesetting import BODY, CELL, Look, closed_up, stretches, text_width
from tests.reports.example_document import example

fonts.register()


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        ("由 2023 年的 6210 万元变为 2025 年", "由2023年的6210万元变为2025年"),
        ("（当量值） 426.53 tce，其中", "（当量值）426.53 tce，其中"),
        ("268 000 m² 变为 42% 的", "268 000 m²变为42%的"),
        ("GB/T 24001 管理", "GB/T 24001管理"),
        ("国家发展改革委 环境保护部", "国家发展改革委 环境保护部"),
    ],
)
def test_no_blank_stands_between_chinese_and_latin(typed: str, set_as: str) -> None:
    assert closed_up(typed) == set_as
    assert "".join(run.text for run in as_runs(typed)) == set_as


def test_the_gap_is_closed_where_one_run_ends_too() -> None:
    runs = [*as_runs("电占 "), *as_runs("53.7"), *as_runs(" 分，见")]
    assert ChineseParagraph(runs, CELL["std"]).lines(400) == ["电占\u200953.7\u2009分，见"]


@pytest.mark.parametrize(("text", "index"), [("要求 YⅡ ≥ 85", "Ⅱ"), ("NOx", "x")])
def test_indexes_stand_below_the_line(text: str, index: str) -> None:
    lowered = [run.text for run in as_runs(text, HEI_MEDIUM) if run.rise < 0]
    assert lowered == [index]


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("每件清洗次数", ["每件清洗", "次数"]),
        ("不影响产品", ["不影响", "产品"]),
        ("车间积极性", ["车间", "积极性"]),
        ("未达到该级的限定性指标", ["未达到该级的", "限定性指标"]),
    ],
)
def test_a_head_over_two_lines_breaks_between_words(head: str, lines: list[str]) -> None:
    look = Look("th", HEI_MEDIUM, 9, 12.6, TA_CENTER)
    room = text_width(head, HEI_MEDIUM, 9) * 0.85
    assert ChineseParagraph(as_runs(head, HEI_MEDIUM), look).lines(room) == lines


def test_no_character_is_left_alone_in_a_cell() -> None:
    look = Look("tc", SONG, 9, 13, is_cell=True)
    room = text_width("配槽补液与酸雾喷", SONG, 9) + 1
    lines = ChineseParagraph(as_runs("配槽补液与酸雾喷淋"), look).lines(room)
    assert len(lines) == 2
    assert len(lines[1]) >= 2


@pytest.mark.parametrize("text", ["面积 18 m²/年", "见第 27 条", "见表 2-27"])
def test_a_rate_and_a_number_of_order_stay_whole(text: str) -> None:
    look = Look("tc", SONG, 9, 13, is_cell=True)
    for room in range(38, 100, 3):
        for line in ChineseParagraph(as_runs(text), look).lines(room)[:-1]:
            assert not line.rstrip("\u2009").endswith(("/", "第", "表")), (room, line)


def _table(*rows: tuple[str, ...], widths: tuple[float, ...], **more: object) -> Table:
    columns = tuple(Column(f"栏{n}", wide) for n, wide in enumerate(widths))
    return Table("t", "表", columns, tuple(Row(row) for row in rows), size=Size.SMALL, **more)  # type: ignore[arg-type]


def test_room_goes_where_words_are() -> None:
    """A remark of sixty characters in a column wished narrow: its row was as tall as the rest of the table."""
    remark = "按全厂审核后的电和天然气算；九月、十月出口件镀层加厚，整流用电多；镀锌线换高频开关电源二〇二七年做，写进持续计划"
    rows = [("单位产品每次清洗取水量", "L/m²", "31.80", "完成", "—")] * 3
    rows.append(("单位镀件面积能耗", "kgce/m²", "1.59", "尚未达到", remark))
    table = _table(*rows, widths=(3, 1.2, 1.2, 2, 1.5))
    share = fitted_widths([444 * w / 8.9 for w in (3, 1.2, 1.2, 2, 1.5)], table)
    assert sum(share) == pytest.approx(444)
    cell = ChineseParagraph(as_runs(remark), CELL["small"])
    assert len(cell.lines(share[4] - 6)) <= 4


def test_a_reference_is_not_broken_by_its_column() -> None:
    rows = tuple(Row((f"E{n}", "合同、发票、再生液化验和污泥称重记录" * 2, Ref("t"))) for n in range(3))  # fmt: skip
    columns = (Column("编号", 1), Column("名称", 5), Column("用于", 0.3))
    table = Table("t", "表", columns, rows)
    assert fitted_widths([60.0, 340.0, 44.0], table)[2] >= text_width("表 2-27", SONG, 10.5)


def test_hairlines_only_where_they_help() -> None:
    short = _table(*[("甲", "乙")] * 4, widths=(1, 1))
    assert ruled_after(short, [1] * 4) == []
    assert ruled_after(short, [2, 1, 2, 1]) == [0, 1, 2]
    long = _table(*[("甲", "乙")] * 22, widths=(1, 1))
    assert ruled_after(long, [1] * 22) == [4, 9, 14, 19]
    grouped = Table(
        "t", "表", short.columns, tuple(Row((name, "乙")) for name in ("甲", "", "丙", "", ""))
    )
    assert ruled_after(grouped, [1] * 5) == [1]
    joined = Table("t", "表", short.columns, (Row(("甲", "1")), Row((JoinUp(), "2")), Row(("乙", "3"))))  # fmt: skip
    assert ruled_after(joined, [1] * 3) == [1]
    named = _table(*[("软包装", "甲")] * 3, *[("彩盒", "乙")] * 4, widths=(1, 1))
    assert ruled_after(named, [1] * 7) == [2]
    written = _table(*[("1", "甲", "")] * 4, widths=(1, 3, 2))
    assert ruled_after(written, [1] * 4) == [0, 1, 2]
    assert ruled_after(_table(*[("甲", "乙")] * 9, widths=(1, 1)), [1] * 4 + [4] + [1] * 4) == [
        3,
        4,
    ]
    opinions = _table(
        *[("甲", "乙")] * 6,
        ("企业意见（盖章）", "　\n　"),
        ("主管部门意见", "　\n　"),
        widths=(1, 3),
    )
    assert ruled_after(opinions, [1] * 6 + [2, 2]) == [5, 6]
    marked = Table("t", "表", (Column("限", 1, Align.CENTRE), Column("名", 3)), grouped.rows)
    assert ruled_after(marked, [1] * 5) == []
    totalled = Table("t", "表", short.columns, (*short.rows, Row(("合计", "1"), RowKind.TOTAL)))
    assert ruled_after(totalled, [1] * 5) == []


def test_rows_of_one_line_are_measured_as_such() -> None:
    def lines(table: Table) -> int:
        built = BuiltTable(table, "1-1", 444, lambda runs, font: as_runs(str(runs[0]), font))
        commands = built._body._linecmds  # noqa: SLF001
        return sum(one[0] == "LINEBELOW" and one[3] == 0.25 for one in commands)

    words = "两条线有分线水表，清洗槽没有单独的表，同一条线里拆不开" * 3
    assert lines(_table(*[("甲", "乙")] * 4, widths=(1, 1))) == 0
    assert lines(_table(*[("甲", words)] * 4, widths=(1, 1))) == 3 * 2


def test_dates_of_sentences_are_told() -> None:
    assert told_days("于 2026-05-10 启动") == "于 2026 年 5 月 10 日启动"
    assert told_days("自 2026-08-15 起，E-2026-05-10、2026-13-01") == (
        "自 2026 年 8 月 15 日起，E-2026-05-10、2026-13-01"
    )


@pytest.mark.parametrize(("a", "b", "wider"), [("c", "l", False), ("1", ".", False), ("行", "c", True), ("t", "，", True)])  # fmt: skip
def test_a_justified_line_keeps_words_and_figures_whole(a: str, b: str, wider: bool) -> None:
    assert stretches(a, b) is wider


def test_a_justified_line_ends_at_the_edge() -> None:
    text = "在清审通中打开本 PDF 选“核验”，或运行 cleanaudit verify 报告.pdf，不需要联网；同时给出 268 000 m² 的案卷"
    paragraph = ChineseParagraph(as_runs(text * 2), BODY)
    lines = paragraph._broken(444)  # noqa: SLF001
    stretched = [one for one in lines[:-1] if one.between]
    assert stretched
    for line in stretched:
        added = line.between * paragraph._stretching(line.start, line.end - 1)  # noqa: SLF001
        assert line.x + line.wide + added == pytest.approx(444)


def test_a_column_that_makes_every_row_taller_is_set_on_one_line() -> None:
    """Nine rows of two lines for the sake of one column, while others had room to give."""
    far, near, box = "清远岭东再生资源有限公司", "肇庆绿澄环保科技有限公司", "南海再生资源回收站"
    metal, away, sold = "委外回收金属", "委外处置", "外卖回收"
    waste = (
        ("含镍污泥", metal, far), ("含锌污泥", metal, far), ("含铜污泥和综合污泥", metal, far), ("废酸", away, far),
        ("退镀废液", metal, far), ("漆渣", away, near), ("废活性炭", away, near), ("废离子交换树脂", away, near),
        ("废滤芯和阳极泥、废包装桶", away, near), ("废五金件（不合格品）", sold, box), ("废包装（废纸箱、废膜）", sold, box),
        ("喷粉滤芯收的废粉", sold, box), ("生活垃圾", "环卫清运", "狮山镇环卫所"),
    )  # fmt: skip
    rows = tuple(
        Row((name, "危险废物", "336-054-17", "22.6", "22.3", "10.9①", way, firm))
        for name, way, firm in waste
    )
    number = Align.NUMBER
    columns = (
        Column("废物", 11.8), Column("类别", 4.8, Align.CENTRE), Column("危废代码", 6.1), Column("2023 年", 2.8, number, "t"),
        Column("2024 年", 2.8, number, "t"), Column("2025 年", 3.8, number, "t"), Column("处置方式", 6.6), Column("接收单位", 11.8),
    )  # fmt: skip
    table = Table("t", "表", columns, rows, size=Size.SMALL)
    whole = sum(column.width for column in columns)
    widths = fitted_widths([444 * column.width / whole for column in columns], table)
    assert widths[-1] - 6 >= text_width(far, SONG, 9)


@pytest.mark.parametrize(
    ("text", "whole"),
    [("镀件 12 万 m²/年、喷涂 1500 t/年", ["12 万 m²/年", "1500 t/年"]), ("节电 23.90 万 kWh", ["23.90 万 kWh"])],
)  # fmt: skip
def test_a_figure_with_its_unit_is_one_word_for_the_width_of_a_column(
    text: str, whole: list[str]
) -> None:
    assert UNBROKEN.findall(text) == whole


def test_no_title_is_cut_in_the_lists_of_tables(tmp_path: Path) -> None:
    """A title too long for its column goes on in a second line; no closing mark begins one."""
    title = "评价指标体系对照表（含全部不适用项的理由和权重的调整情况说明）"
    paper = example()
    first = paper.chapters[0]
    blocks = [
        dataclasses.replace(one, caption=title) if isinstance(one, Table) else one
        for one in first.blocks
    ]
    target = tmp_path / "目录.pdf"
    write_pdf(
        dataclasses.replace(
            paper, chapters=(dataclasses.replace(first, blocks=tuple(blocks)), *paper.chapters[1:])
        ),
        target,
    )
    lists = next(
        text
        for page in pypdfium2.PdfDocument(target)
        if "表目录" in (text := page.get_textpage().get_text_range())
    )
    assert title in "".join(lists.split())
    assert not [
        line for line in lists.splitlines() if line.strip()[:1] in "）。，" and line.strip()
    ]
