"""A small paper that uses every kind of block, for the tests of the kit."""

from fractions import Fraction

from app.assessment.indicator_system import Level, Verification
from app.audit.charts.layouts import IndexRow, index_bars
from app.papers.document import (
    Align,
    Attachment,
    Bold,
    Chapter,
    Column,
    Cover,
    Document,
    EditionBox,
    Figure,
    FrontPage,
    JoinLeft,
    JoinUp,
    LevelMark,
    LimitingMark,
    Open,
    PageBreak,
    Paragraph,
    Ref,
    Row,
    RowKind,
    SealPlace,
    SealRow,
    Section,
    Sheet,
    SignatureBlock,
    SignatureLine,
    Signatures,
    Size,
    State,
    StateMark,
    Sub,
    SubSection,
    Table,
)

HASH = "c9f66aaaa574a568694a5b475ffaf5bc509d1a22bc3e3bb9b656576d02b57a63"
FIRM = "佛山市南海区示例五金有限公司"


def example(
    state: State = State.FOR_REVIEW, *, extra: str = "", missing: bool = False, rows: int = 60
) -> Document:
    """extra: text put into a paragraph and a cell. missing: one cell is 未填. rows: of the long table."""
    index = index_bars(
        [
            IndexRow("Ⅰ", Fraction("28.95"), Fraction("35.35"), Fraction(85)),
            IndexRow("Ⅲ", Fraction("93.6"), Fraction(100), Fraction(100)),
        ]
    )
    numbers = Table(
        "energy",
        "能源消费",
        (
            Column("项目", 3),
            Column("数量", 2, Align.NUMBER, "万 kWh"),
            Column("级", 1, Align.CENTRE),
            Column("状态", 1, Align.CENTRE),
        ),
        (
            Row(("电", "186.24", LevelMark(Level.I), StateMark(Verification.VERIFIED))),
            Row(("天然气", "14.9", LevelMark(Level.II), StateMark(Verification.TRANSCRIBED))),
            Row(("柴油", "0", LevelMark(Level.III), StateMark(Verification.RECALLED))),
            Row(("蒸汽", Open() if missing else "1 862 400.5", LevelMark(None), LimitingMark())),
            Row((extra or "合计", "201.14", LevelMark(Level.NONE), ""), RowKind.TOTAL),
        ),
        notes=(("注：", Bold("电力"), "按当量值。"),),
    )
    long = Table(
        "long",
        "指标对照表",
        (
            Column("序", 1, Align.CENTRE),
            Column("指标", 4),
            Column("Ⅰ级", 3, group="基准值"),
            Column("Ⅱ级", 3, group="基准值"),
            Column("数值", 2, Align.NUMBER),
        ),
        (
            Row(("一　生产工艺",), RowKind.GROUP),
            *(
                Row(
                    (str(n), f"第 {n} 项", "采用三价铬钝化，回收重金属", JoinLeft(), f"{n}.{n:02}"),
                    bar=n % 7 == 0,
                )
                for n in range(1, rows)
            ),
        ),
        size=Size.DENSE,
        sheet=Sheet.LANDSCAPE,
    )
    joined = Table(
        "joined",
        "计算书",
        (Column("类别", 2), Column("指标", 3), Column("得分", 1, Align.NUMBER)),
        (
            Row(("资源消耗", "取水量", "10.000")),
            Row((JoinUp(), "综合能耗", "−4.5")),
            Row((JoinUp(), "不适用：无此流程", JoinLeft())),
            Row(("合计", "", "5.500"), RowKind.TOTAL),
        ),
        size=Size.TIGHT,
        width=0.6,
    )
    form = Table(
        "form",
        "绩效表",
        tuple(Column(f"栏{n}", 1, Align.NUMBER, "万元") for n in range(16)),
        tuple(Row(tuple(f"{n * k}.{k}" for k in range(16))) for n in range(1, 9)),
        size=Size.SMALL,
        sheet=Sheet.A3,
    )
    words = (
        "企业取水 53,620 m³，见",
        Ref("energy"),
        "和",
        Ref("index"),
        "。清洗用水（含逆流漂洗、喷淋）占 77.6 %，重复利用率 33.78 %，Y",
        Sub("Ⅱ"),
        "为 66.80，按 GB/T 24001 管理；" + extra,
    )
    return Document(
        title=f"{FIRM}清洁生产审核报告",
        enterprise=FIRM,
        state=state,
        head_left="清洁生产审核报告（简易流程）",
        head_right=FIRM,
        foot=f"{state.value}　未封存",
        cover=Cover(
            FIRM,
            "清洁生产审核报告",
            "简易流程 · 自愿性审核",
            (("所属行业", "3360 金属表面处理"), ("数据年份", "2023 年至 2025 年")),
            (
                SealPlace("企业名称（盖章）", FIRM),
                SealPlace("咨询机构（盖章）", "示例咨询有限公司"),
            ),
            "二〇二六年十一月",
        ),
        signatures=Signatures(
            "企业对本报告所用数据和资料的真实性负责。",
            (
                SignatureBlock(
                    "企　业",
                    FIRM,
                    (SignatureLine("编制", "黄某某"), SignatureLine("批准", "", "法定代表人")),
                    "企业公章",
                ),
            ),
        ),
        front=(FrontPage("审核结果一览", (Paragraph(("结论性数字集中在这一页。",)), numbers)),),
        chapters=(
            Chapter(
                "企业现状",
                (
                    Section("能源"),
                    Paragraph(words),
                    Paragraph(words),
                    numbers,
                    SubSection("说明"),
                    Figure("index", "综合评价指数", index),
                ),
            ),
            Chapter(
                "对标",
                (
                    Section("对照表"),
                    Paragraph(("见", Ref("long"), "。")),
                    long,
                    Section("小结"),
                    Paragraph(("完。",)),
                ),
            ),
        ),
        appendices=(
            Chapter(
                "计算书", (Paragraph(("略。",)), joined, PageBreak(), Paragraph(("另起一页。",)))
            ),
            Chapter(
                "绩效表",
                (
                    form,
                    SealRow(
                        (
                            SealPlace("企业（盖章）", FIRM),
                            SealPlace("咨询机构（盖章）", "示例咨询有限公司"),
                        ),
                        ("填表人", "审核人", "填表日期"),
                    ),
                ),
                Sheet.A3,
            ),
            Chapter(
                "版本与核验",
                (
                    EditionBox(
                        "QS26-5NAN-6V7ST",
                        HASH,
                        f"QINGSHEN:1:QS26-5NAN-6V7ST:{HASH.upper()}",
                        "前八位即各页页脚的校验。",
                    ),
                    Paragraph(("核对纸面：任取三页。",), indent=False),
                ),
            ),
        ),
        attachments=(Attachment("清审数据.json", b"{}", "application/json", "数据"),),
        keywords=("清洁生产审核",),
        check="无校验，不得提交" if state is State.DRAFT else "校验 c9f6 6aaa",
    )
