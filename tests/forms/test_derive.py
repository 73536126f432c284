"""Figures from answers: exact, with bounds while something is missing, and a trace down to what was typed."""

from fractions import Fraction
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.finding import NotApplicable
from app.assessment.trace import Trace
from app.forms.answer import Answer, AnswerBook, Given, override_key
from app.forms.derive import Derivation
from app.forms.expression import ExpressionFault, parse_expression
from app.forms.figure import Figure
from app.forms.quantity import Quantity
from app.forms.question import (
    Card,
    NumberCheck,
    Option,
    Page,
    Question,
    QuestionKind,
    Questionnaire,
    RowsKind,
    Stage,
    TableQuestion,
)
from app.forms.reasons import Reason
from tests.helpers.forms import derivation, sample_book, shipped_forms, with_answer

NOT_NEGATIVE = NumberCheck(minimum="0")


def number(question_id: str, title: str, unit: str = "") -> Question:
    return Question(question_id, title, QuestionKind.NUMBER, unit=unit, check=NOT_NEGATIVE)


LINES = TableQuestion(
    "lines",
    "产线",
    RowsKind.FREE,
    (
        Question("name", "产线", QuestionKind.TEXT),
        Question(
            "kind", "用途", QuestionKind.CHOICE, options=(Option("a", "甲"), Option("b", "乙"))
        ),
        number("area", "面积", "m²"),
        number("times", "次数", "次"),
    ),
)
MONTHS = TableQuestion("bills", "账单", RowsKind.MONTHS, (number("kwh", "电量", "kWh"),))
SMALL = Questionnaire(
    "small",
    "小",
    (),
    (
        Stage(
            "A",
            "甲",
            (
                Page(
                    "p",
                    "A1",
                    "页",
                    "页",
                    "",
                    cards=(
                        Card(
                            "c", "卡", (LINES, MONTHS, number("x", "数"), number("y", "另一个数"))
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def figure(expression: str, answers: dict[str, Answer], rows: tuple[str, ...] = ()) -> Figure:
    book = AnswerBook(answers, {"lines": rows})
    quantities = {"q": Quantity("q", "结果", "", 2, expression)}
    return Derivation(book, SMALL, quantities, {}, 2025).figure("q")


def value(
    expression: str, answers: dict[str, Answer], rows: tuple[str, ...] = ()
) -> Fraction | None:
    return figure(expression, answers, rows).value


ROWS: dict[str, Answer] = {
    "lines/r1/kind": Given("a"),
    "lines/r1/area": Given("100"),
    "lines/r1/times": Given("4"),
    "lines/r2/kind": Given("b"),
    "lines/r2/area": Given("50"),
    "lines/r2/times": Given("6"),
}


def test_a_sum_over_rows_with_and_without_a_condition() -> None:
    assert value("sum(lines.area * lines.times)", ROWS, ("r1", "r2")) == 700
    assert value("sum(lines.area, where=lines.kind == 'a')", ROWS, ("r1", "r2")) == 100
    assert value("sum(lines.area, where=lines.kind != 'a')", ROWS, ("r1", "r2")) == 50


def test_an_empty_row_is_no_row_and_no_row_is_missing() -> None:
    assert value("sum(lines.area)", ROWS, ("r1", "r2", "r3")) == 150
    unknown = derivation(AnswerBook(), "industry").figure("plating.area")
    assert unknown.missing == ("process.list",)
    not_plating = AnswerBook({"process.list": Given("painting")})
    assert derivation(not_plating).figure("plating.area").not_applicable == Reason.SAID_NO
    plating = AnswerBook({"process.list": Given("plating_zinc")})
    nothing = derivation(plating).figure("plating.area")
    assert nothing.value is None
    assert nothing.missing == ("plating.lines",)
    assert value("sum(lines.area, where=lines.kind == 'c')", ROWS, ("r1", "r2")) is None
    assert value("sum(lines.area, where=lines.kind == 'c', none=0)", ROWS, ("r1", "r2")) == 0


def test_a_row_whose_kind_is_open_keeps_the_sum_open() -> None:
    answers = {key: answer for key, answer in ROWS.items() if key != "lines/r2/kind"}
    found = figure("sum(lines.area, where=lines.kind == 'a')", answers, ("r1", "r2"))
    assert found.value is None
    assert found.at_least == 100
    assert found.missing == ("lines/r2/kind",)


def test_missing_gives_a_lower_bound_only_where_one_is_certain() -> None:
    answers: dict[str, Answer] = {"x": Given("10")}
    assert figure("x + y", answers).at_least == 10
    assert figure("x - y", answers).at_least is None
    assert figure("x / y", answers).at_least is None
    assert figure("(x + y) * 2", answers).at_least == 20
    assert figure("(x + y) / 4", answers).at_least == Fraction(5, 2)


def test_not_applicable_leaves_a_sum_but_spoils_a_quotient() -> None:
    answers: dict[str, Answer] = {"x": Given("10"), "y": NotApplicable("没有")}
    assert value("x + y", answers) == 10
    assert value("x - y", answers) == 10
    assert figure("x / y", answers).not_applicable == "没有"
    assert figure("y - x", answers).not_applicable == "没有"
    assert figure("y + y", answers).not_applicable == "没有"


def test_a_nought_below_the_line_is_missing_not_inapplicable() -> None:
    found = figure("x / y", {"x": Given("10"), "y": Given("0")})
    assert found.value is None
    assert found.not_applicable == ""
    assert found.missing == ("y",)


def test_either_takes_the_second_way_when_the_first_is_open() -> None:
    assert value("either(x, y * 2)", {"y": Given("3")}) == 6
    assert value("either(x, y * 2)", {"x": Given("1"), "y": Given("3")}) == 1
    assert figure("either(x, y)", {}).missing == ("x",)


def test_what_could_not_be_read_counts_as_missing() -> None:
    found = figure("x * 2", {"x": Given("", raw="一百")})
    assert found.value is None
    assert found.missing == ("x",)


def test_month_tables_belong_to_the_asked_year_and_single_answers_to_the_base_year() -> None:
    answers: dict[str, Answer] = {
        f"bills/{year}-{month:02d}/kwh": Given(str(year - 2000))
        for year in (2024, 2025)
        for month in range(1, 13)
    }
    answers["x"] = Given("2")
    quantities = {
        "q": Quantity("q", "电", "", 0, "sum(bills.kwh)"),
        "r": Quantity("r", "比", "", 0, "q / x"),
    }
    made = Derivation(AnswerBook(answers), SMALL, quantities, {}, 2025)
    assert made.figure("q").value == 300
    assert made.figure("q", 2024).value == 288
    assert made.figure("q", 2023).value is None
    assert made.figure("r").value == 150
    assert made.figure("r", 2024).not_applicable == Reason.ONLY_BASE_YEAR


def test_a_typed_over_figure_keeps_what_was_computed() -> None:
    book = with_answer(sample_book(), override_key("plating.area"), "270000", "按新工艺规程重算")
    found = derivation(book).figure("plating.area")
    assert found.value == 270000
    assert found.computed == 268000
    assert found.overridden
    assert found.reason == "按新工艺规程重算"


def leaves(trace: Trace) -> list[Trace]:
    return (
        [trace]
        if not trace.children
        else [leaf for child in trace.children for leaf in leaves(child)]
    )


def test_the_trace_of_rinse_water_goes_down_to_the_meters() -> None:
    trace = derivation(sample_book()).figure("plating.rinse_per_area").trace
    assert trace.value == Fraction(10400, 327)
    assert trace.formula == "41,600 m³ × 1000 ÷ 1,308,000 m²·次"
    water, area = trace.children
    assert [(child.label, child.value) for child in water.children] == [
        ("镀锌线清洗", Fraction(17800)),
        ("铜镍线清洗", Fraction(23800)),
    ]
    assert [child.formula for child in area.children] == ["150,000 m² × 4 次", "118,000 m² × 6 次"]
    assert {leaf.key for leaf in leaves(trace)} == {
        "water.units/r1/fresh",
        "water.units/r2/fresh",
        "plating.lines/r1/y0",
        "plating.lines/r1/rinses",
        "plating.lines/r2/y0",
        "plating.lines/r2/rinses",
    }
    assert all(leaf.source for leaf in leaves(trace))


def test_factors_in_a_trace_name_their_source_and_state() -> None:
    trace = derivation(sample_book()).figure("energy.total").trace
    factors = [leaf for leaf in leaves(trace) if not leaf.key and leaf.value is not None]
    assert {"电力折标煤（当量值）", "天然气折标煤"} <= {leaf.label for leaf in factors}
    assert all(leaf.source and leaf.verification for leaf in factors)
    assert trace.verification is not None


@lru_cache(maxsize=1)
def _sample_figures() -> dict[str, tuple[Fraction | None, frozenset[str]]]:
    """Per quantity of the sample: its value and the keys of the answers its trace ends in."""
    made = derivation(sample_book())
    found = {
        name: made.figure(name) for name in shipped_forms().quantities if not _is_row_formula(name)
    }
    return {
        name: (each.value, frozenset(leaf.key for leaf in leaves(each.trace) if leaf.key))
        for name, each in found.items()
        if not each.not_applicable
    }


@given(st.data())
def test_one_changed_cell_changes_exactly_the_figures_whose_trace_holds_it(
    data: st.DataObject,
) -> None:
    book = sample_book()
    figures = _sample_figures()
    used = frozenset[str]().union(*(keys for _, keys in figures.values()))
    numeric = sorted(key for key in used if Fraction(book.text(key, "0")) > 0)
    key = data.draw(st.sampled_from(numeric))
    after = derivation(with_answer(book, key, str(int(Fraction(book.text(key))) + 17)))
    for name, (value, keys) in figures.items():
        if after.figure(name).value != value:
            assert key in keys, (name, key)
        else:
            # nought times anything stays nought, and what is unknown stays so
            assert key not in keys or not value, (name, key)


def _is_row_formula(name: str) -> bool:
    return any(
        column.derived == name
        for questionnaire in shipped_forms().questionnaires.values()
        for page in questionnaire.pages()
        for card in page.cards
        for item in card.items
        if isinstance(item, TableQuestion)
        for column in item.columns
    )


@pytest.mark.parametrize(
    "text",
    [
        "1 +",
        "0.5 * x",
        "__import__('os')",
        "x ** 2",
        "sum(a.b, c.d)",
        "at(a.b, 3)",
        "sum(a.b, where=a.c > 'x')",
        "x[0]",
        "lambda: 1",
    ],
)
def test_nothing_but_the_small_language_is_accepted(text: str) -> None:
    with pytest.raises(ExpressionFault):
        parse_expression(text)
