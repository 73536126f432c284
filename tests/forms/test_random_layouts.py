"""A year's known bills laid out at random (order, heads, units, years, totals, noise): what is read is right or asked.

Whatever is asked, a user who knows his bills answers it; what is then written is right, too. Never anything else.
"""

import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.numbers import number_text
from app.forms.answer import AnswerBook, Given
from app.forms.dated import dated
from app.forms.grid import Grid, grid_from_rows
from app.forms.paste import plan_paste
from app.forms.question import TableQuestion
from app.forms.reading.plan import PastePlan
from tests.helpers.forms import shipped_forms

BOOK = AnswerBook({"audit.base_year": Given("2025")})
TABLES = {
    item.id: item
    for page in dated(shipped_forms().questionnaires["industry"], 2025).pages()
    for card in page.cards
    for item in card.items
    if isinstance(item, TableQuestion)
}
KWH = [152300, 128400, 158900, 161200, 149800, 155600, 163700, 168200, 151900, 147300, 159800, 165300]  # fmt: skip
FEE = [112702, 95016, 117586, 119288, 110852, 115144, 121138, 124468, 112406, 109002, 118252, 122322]  # fmt: skip
GAS = [12800, 10900, 13100, 12600, 11900, 11700, 12300, 12500, 12100, 12400, 12900, 13400]
GAS_FEE = [48640, 41420, 49780, 47880, 45220, 44460, 46740, 47500, 45980, 47120, 49020, 50920]

# column id -> (values, its heads; {u} is the place of the unit), (unit, divisor)
HEADS = {
    "electricity": (KWH, ["电量{u}", "用电量{u}", "总用电量{u}", "本月电量{u}", "电量合计{u}", "购电量{u}"], [("kWh", 1), ("度", 1), ("万kWh", 10000), ("万千瓦时", 10000), ("MWh", 1000), ("千kWh", 1000), ("10^4kWh", 10000), ("×10⁴kWh", 10000)]),
    "electricity_fee": (FEE, ["电费{u}", "电费合计{u}", "电费金额{u}", "本月电费{u}"], [("元", 1), ("万元", 10000), ("千元", 1000)]),
    "gas": (GAS, ["天然气{u}", "天然气用量{u}", "用气量{u}", "燃气用量{u}"], [("m³", 1), ("立方米", 1), ("方", 1), ("万m³", 10000), ("Nm3", 1), ("万方", 10000), ("千方", 1000)]),
    "gas_fee": (GAS_FEE, ["气费{u}", "燃气费{u}", "天然气费用{u}"], [("元", 1), ("万元", 10000)]),
}  # fmt: skip
NOISE = [
    "同比%",
    "去年电量",
    "日均电量",
    "电价",
    "功率因数",
    "峰电量",
    "其中：办公用电",
    "计划电量",
    "污水费",
    "无功电量",
]
BRACKETS = ["（{}）", "({})", "[{}]", "/{}", " {}"]
LABELS = [
    lambda y, m: f"{y}年{m}月",
    lambda y, m: f"{y}-{m:02d}",
    lambda y, m: f"{y}/{m}",
    lambda y, m: f"{y}.{m:02d}",
    lambda y, m: f"{y}{m:02d}",
    lambda y, m: f"{y % 100}年{m}月",
    lambda y, m: f"{m}月",
    lambda y, m: f"{m}月份",
    lambda y, m: f"{y}-{m:02d}-25",
    lambda y, m: f"{y}-{m:02d}-01",
    lambda y, m: f"{y % 100}.{m}",
    lambda y, m: (
        "一二三四五六七八九十"[m - 1] + "月" if m <= 10 else ("十一月" if m == 11 else "十二月")
    ),
]


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Grid, int, dict[str, str]]:
    """(grid, year shown, what is right)."""
    year = draw(st.sampled_from([2023, 2024, 2025]))
    label = draw(st.sampled_from(LABELS))
    months = draw(
        st.sampled_from(
            [list(range(1, 13)), list(range(12, 0, -1)), list(range(3, 11)), [1, 2, 4, 5, 7]]
        )
    )
    columns = draw(st.lists(st.sampled_from(list(HEADS)), min_size=1, max_size=4, unique=True))
    in_title = (
        draw(st.booleans())
        and "年" not in label(year, 1)
        and label(year, 1).endswith(("月", "月份"))
    )
    heads, bodies = ["月份"], [[label(year, m)] for m in months]
    right = {}
    units: list[str] = []
    unit_row = draw(st.booleans())
    for column in columns:
        values, names, choices = HEADS[column]
        unit, divisor = draw(st.sampled_from(choices))
        bracket = draw(st.sampled_from(BRACKETS)).format(unit)
        heads.append(draw(st.sampled_from(names)).format(u="" if unit_row else bracket))
        units.append(unit)
        for row, month in zip(bodies, months, strict=True):
            row.append(number_text(Fraction(values[month - 1], divisor)))
            right[f"{year}-{month:02d}/{column}"] = str(values[month - 1])
    for name in draw(st.lists(st.sampled_from(NOISE), max_size=2, unique=True)):
        place = draw(st.integers(1, len(heads)))
        heads.insert(place, name)
        units.insert(place - 1, "")
        for n, row in enumerate(bodies):
            row.insert(place, str(n % 7 + 3))
    rows = [heads]
    if unit_row:
        rows.append(["", *units])
    rows += bodies
    if draw(st.booleans()):
        totals = ["合计"]
        for c in range(1, len(heads)):
            totals.append(number_text(sum((Fraction(row[c]) for row in bodies), Fraction(0))))
        rows.append(totals)
    if draw(st.booleans()):
        rows = [
            [("序号", "")[n > 0] if n < 1 + unit_row else str(n - unit_row), *row]
            for n, row in enumerate(rows)
        ]
    if in_title:
        rows.insert(0, [f"{year}年用能统计表"])
    if draw(st.booleans()) and len(columns) > 0:
        width = max(map(len, rows))
        body = [[*row, *[""] * (width - len(row))] for row in rows]
        start = 1 if in_title else 0
        if rows[start][0] != "序号":
            turned = [list(column) for column in zip(*body[start:], strict=True)]
            rows = [*rows[:start], *turned]
    return grid_from_rows(rows), year, right


def _read(grid: Grid, year: int, answers: dict[str, str]) -> PastePlan:
    return plan_paste(
        TABLES["energy.bills"], grid, BOOK, base_year=2025, year=year, decisions=answers
    )


def _written(plan: PastePlan) -> dict[str, str]:
    return {
        cell.key.split("/", 1)[1]: getattr(cell.after, "text", "")
        for cell in plan.cells
        if cell.column_id != "period"
    }


@settings(max_examples=120, deadline=None)
@given(layouts())
def test_a_random_layout_is_read_right_or_asked_about(
    made: tuple[Grid, int, dict[str, str]],
) -> None:
    grid, year, right = made
    plan = _read(grid, year, {})
    written = _written(plan)
    wrong = {key: value for key, value in written.items() if right.get(key) != value}
    assert not wrong, (wrong, [[cell.text for cell in row] for row in grid.rows[:5]])
    if not plan.questions:
        assert written == right, [problem.what for problem in plan.problems]


@settings(max_examples=40, deadline=None)
@given(layouts(), st.sampled_from([2023, 2024, 2025]))
def test_another_year_on_the_screen_changes_nothing_silently(
    made: tuple[Grid, int, dict[str, str]], shown: int
) -> None:
    """A table that says its year goes there or is asked about; one that says none goes to the year shown, and says so."""
    grid, year, right = made
    plan = _read(grid, shown, {})
    if plan.questions:
        return
    written = _written(plan)
    moved = {key.replace(str(year), str(shown), 1): value for key, value in right.items()}
    told = any(
        re.search(rf"{year}|(?<!\d){year % 100}[年.]", cell.text)  # 「124.468」 names no year
        for row in grid.rows
        for cell in row
    )
    assert written == (right if told else moved)
    assert plan.years == (year if told else shown,)
