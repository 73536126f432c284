"""The library of options: found, offered by the answers, made into rows whose savings come from the firm's own numbers."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.indicator_system import Level
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.bootstrap import load_catalogue
from app.forms.answer import AnswerBook, Change, Given, apply
from app.forms.arithmetic import ArithmeticFault, evaluate, names_in
from app.measures.model import measures_of
from app.measures.options import cells_of, find_options, idea_cells, offered, row_changes
from tests.helpers.forms import printer_project, sample_book, sample_project
from tests.papers.test_two_walks import walked

LIBRARY = load_catalogue().options


def test_everything_of_the_shared_library_is_there() -> None:
    assert len(LIBRARY.options) == 114
    assert len(LIBRARY.technologies) == 42
    assert len({one.id for one in LIBRARY.options}) == 114


@pytest.mark.parametrize(
    ("query", "filters", "first"),
    [
        ("空压机 余热", {}, "OPT-EN-007"),
        ("nlpx", {}, "OPT-WA-001"),
        ("led", {"theme": "energy"}, "OPT-EN-001"),
        ("电镀 漂洗", {"aspect": "process_control"}, "OPT-WA-004"),
        ("OPT-VO-006", {}, "OPT-VO-006"),
        ("水肥", {"field": "agriculture"}, "OPT-WA-013"),
    ],
)
def test_search(query: str, filters: dict[str, str], first: str) -> None:
    assert find_options(LIBRARY.options, query, **filters)[0].id == first


def test_search_finds_nothing_where_nothing_fits() -> None:
    assert find_options(LIBRARY.options, "核反应堆") == ()
    assert find_options(LIBRARY.options, "漂洗", field="agriculture") == ()


def test_every_formula_of_the_library_can_be_worked_out() -> None:
    for option in LIBRARY.options:
        if option.formula:
            values = {name: Fraction(n + 2) for n, name in enumerate(names_in(option.formula))}
            evaluate(option.formula, values)


def test_offers_follow_the_answers() -> None:
    project = sample_project()
    assessment = assess_project(project)
    ids = {one.option.id: one.whys for one in offered(project, LIBRARY, assessment, Level.II)}
    assert "OPT-EN-003" in ids, "there are compressors"
    assert "每次清洗取水没到要去的级" in ids["OPT-WA-001"]
    assert "OPT-EN-014" not in ids, "no injection moulding"
    assert "OPT-WA-013" not in ids, "no fields to irrigate"
    printer = {one.option.id for one in offered(printer_project(), LIBRARY)}
    assert {"OPT-VO-006", "OPT-VO-008", "OPT-EN-010"} <= printer
    assert "OPT-WA-001" not in printer


def added(project: AuditProject, option_id: str, **more: str) -> AuditProject:
    option = next(one for one in LIBRARY.options if one.id == option_id)
    cells = {**cells_of(project, option), **more}
    return sample_project(apply(project.book, row_changes(project, "r50", cells)))


def test_a_reported_effect_is_never_a_saving() -> None:
    project = added(sample_project(), "OPT-EN-001")
    measure = measures_of(project)[-1]
    assert measure.name == "LED高效照明替换"
    assert measure.savings == {}
    assert "60" not in "".join(
        text for k in project.book.answers if "/r50/" in k and (text := project.book.text(k))
    )


def test_a_formula_with_the_firms_numbers_is_one() -> None:
    project = added(sample_project(), "OPT-EN-001", inputs="N=200；P1=36；P2=18；h=3,000")
    cell = project.derivation.cell("measures.list", "r50", "worked")
    assert cell.words == "电 10,800.00 kWh"
    measure = measures_of(project)[-1]
    assert measure.savings == {"electricity": 10800}
    price = project.derivation.figure("price.electricity").value
    assert price is not None
    assert measure.saving == 10800 * price / 10000, "money follows from the bills"


def test_an_input_can_be_a_figure_of_the_bills_and_follows_it() -> None:
    project = added(
        sample_project(),
        "OPT-WA-001",
        formula="新水=V*(1-i2/i1)",
        inputs="V=清洗取水量；i1=4；i2=3",
    )
    assert measures_of(project)[-1].savings == {"water": 10400}
    key = "water.units/r1/fresh"
    book = apply(project.book, (Change(key, project.book.get(key), Given("13800")),))
    assert measures_of(sample_project(book))[-1].savings == {"water": 9400}


@pytest.mark.parametrize(
    ("formula", "inputs", "words"),
    [
        ("N*2", "N=1", "先写省的是什么"),
        ("电=N*", "N=1", "写得不完整"),
        ("电=N*h", "N=1", "「h」还没有数"),
        ("电=N/h", "N=1;h=0", "除数是 0"),
        ("电=N", "N=很多", "看不懂"),
        ("电=__import__('os')", "", "只能有加减乘除"),
        ("电=N**N", "N=999", "乘方只能"),
    ],
)
def test_bad_formulas_are_said_in_their_row(formula: str, inputs: str, words: str) -> None:
    project = added(sample_project(), "OPT-EN-001", formula=formula, inputs=inputs)
    assert words in project.derivation.cell("measures.list", "r50", "worked").words
    assert measures_of(project)[-1].savings == {}


@settings(max_examples=50, deadline=None)
@given(st.integers(-50, 50), st.integers(1, 50), st.integers(0, 5))
def test_arithmetic_is_exact(a: int, b: int, power: int) -> None:
    values = {"甲": Fraction(a), "乙": Fraction(b)}
    assert (
        evaluate("甲÷乙 × 0.1 − （乙**" + str(power) + "）", values)
        == Fraction(a, b) / 10 - b**power
    )


def test_arithmetic_takes_no_other_language() -> None:
    for text in ("a.b", "f(1)", "[1]", "1 if 2 else 3", "'a'", "1e3", "True", "x := 2", "1" * 400):
        with pytest.raises(ArithmeticFault):
            evaluate(text, {"a": Fraction(1)})


def test_an_idea_becomes_a_row_in_one_act() -> None:
    project = sample_project()
    (cells,) = idea_cells(project, "staff")
    assert cells == {"name": "出槽滴流 20 秒写进操作卡并考核", "aspect": "staff", "state": "idea"}
    after = apply(project.book, row_changes(project, "r51", cells))
    assert after.row_ids("measures.list")[-1] == "r51"
    assert idea_cells(sample_project(AnswerBook()), "staff") == ()
    names = [one["name"] for one in idea_cells(project, "equipment")]
    assert names == ["改半自动，先改产量大的规格", "换高频开关电源", "清洁极杠", "空压机查漏降压", "照明换 LED"]  # fmt: skip
    assert sample_book().row_ids("measures.list")[-1] == "ZG3"


def test_a_painter_of_wood_is_offered_what_a_painter_needs_with_true_reasons() -> None:
    weak = {
        one.option.id: one.whys
        for one in offered(walked("furniture", voc__capture="65", voc__treatment="16"), LIBRARY)
    }
    assert {"OPT-VO-001", "OPT-VO-005", "OPT-VO-021"} <= set(weak)
    assert weak["OPT-VO-015"] == ("收集率不到 90 %",)
    assert weak["OPT-VO-016"] == ("去除率不到 80 %",)
    strong = {
        one.option.id
        for one in offered(walked("furniture", voc__capture="95", voc__treatment="85"), LIBRARY)
    }
    assert not {"OPT-VO-015", "OPT-VO-016"} & strong
