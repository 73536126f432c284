"""澄岭五金: the figures of the design guide, section 12, from the answers alone."""

from fractions import Fraction

import pytest

from app.assessment.finding import Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import Level
from app.assessment.numbers import display
from app.audit.balance import material_balances, water_balance
from app.audit.findings import (
    assess_project,
    findings_of,
    found_indicators,
    inputs_of,
    variable_key,
)
from app.audit.progress import progress
from app.audit.project import AuditProject, build_project
from app.checkup.page_remarks import check_page
from app.forms.answer import AnswerBook, Given
from app.forms.derive import NO_RULES
from app.forms.outliers import outliers
from tests.helpers.forms import (
    sample_book,
    sample_project,
    shipped_forms,
    shipped_system,
    with_answer,
)

INCOMPLETE = shipped_forms().samples["chengling"].incomplete()


@pytest.mark.parametrize(
    ("quantity", "year", "shown"),
    [
        ("energy.electricity", 2025, "1,862,400"),
        ("energy.gas", 2025, "148,600"),
        ("water.intake", 2025, "53,620"),
        ("energy.total", 2025, "426.53"),
        ("energy.co2", 2025, "1,144.30"),
        ("energy.per_area", 2025, "1.59"),
        ("energy.per_area", 2024, "1.64"),
        ("energy.per_area", 2023, "1.65"),
        ("energy.electricity", 2023, "1,842,600"),
        ("energy.electricity", 2024, "1,889,300"),
        ("energy.gas", 2023, "151,900"),
        ("energy.gas", 2024, "153,200"),
        ("water.intake", 2023, "55,480"),
        ("water.intake", 2024, "55,120"),
        ("plating.area", 2023, "259,000"),
        ("plating.area", 2024, "266,000"),
        ("plating.rinse_per_area", 2025, "31.80"),
        ("plating.water_reuse", 2025, "33.78"),
        ("plating.use_zinc", 2025, "80.59"),
        ("plating.use_copper", 2025, "81.20"),
        ("plating.use_nickel", 2025, "83.39"),
        ("plating.wastewater_treated", 2025, "100.00"),
        ("water.gap_meters", 2025, "620"),
        ("water.gap_plant", 2025, "530"),
        ("water.gap", 2025, "1,150"),
        ("water.closing_error", 2025, "2.14"),
        ("water.plant_in", 2025, "51,830"),
        ("water.out", 2025, "52,470"),
        ("water.loss", 2025, "7,680"),
        ("product.value", 2025, "6,480"),
    ],
)
def test_figures_of_the_design(quantity: str, year: int, shown: str) -> None:
    figure = sample_project().derivation.figure(quantity, year)
    assert figure.value is not None
    assert display(figure.value, figure.decimals) == shown


def test_level_before_measures_is_three_because_of_rinse_water() -> None:
    assessment = assess_project(sample_project())
    assert {level: assessment.index[level] for level in (Level.I, Level.II, Level.III)} == {
        Level.I: Fraction("30.55"),
        Level.II: Fraction("66.8"),
        Level.III: Fraction(100),
    }
    assert assessment.level is Level.III
    assert assessment.limiting_failed[Level.II] == ("rinse-water-intake",)
    assert assessment.missing == ()


def test_with_two_answers_missing_there_is_a_range_and_no_level() -> None:
    assessment = assess_project(sample_project(INCOMPLETE))
    ranges = {level: (each.low, each.high) for level, each in assessment.index_range.items()}
    assert ranges == {
        Level.I: (Fraction("28.95"), Fraction("35.35")),
        Level.II: (Fraction("65.2"), Fraction("71.6")),
        Level.III: (Fraction("93.6"), Fraction(100)),
    }
    assert assessment.level is None
    assert assessment.level_range == (Level.III, Level.NONE)
    assert set(assessment.missing) == {"nickel-utilisation", "emergency-plan"}


def test_findings_come_from_bills_from_answers_and_from_reasons() -> None:
    findings = findings_of(sample_project())
    assert findings["rinse-water-intake"] == Measured(Fraction(10400, 327))
    assert findings["gold-utilisation"] == NotApplicable("没有镀金")
    assert sum(isinstance(each, NotApplicable) for each in findings.values()) == 4
    assert findings["plating-line"] == Reached(Level.III, "自动线占产能 42%")
    found = found_indicators(sample_project(INCOMPLETE))
    assert found["nickel-utilisation"].finding == Missing()
    assert found["nickel-utilisation"].missing == ("plating.metals/nickel/bought",)
    assert found["emergency-plan"].missing == ("indicator/general-plating/emergency-plan",)


def test_a_judgement_carries_the_way_down_to_the_meter() -> None:
    trace = assess_project(sample_project()).judgement("rinse-water-intake").trace
    keys: set[str] = set()
    open_traces = [trace]
    while open_traces:
        step = open_traces.pop()
        keys.add(step.key)
        open_traces.extend(step.children)
    assert "water.units/r1/fresh" in keys


def test_outliers_are_february_for_power_and_january_and_february_for_gas() -> None:
    book = sample_book()
    for column, expected in (
        ("electricity", ("2025-02",)),
        ("gas", ("2025-01", "2025-02")),
    ):
        values = {
            f"2025-{month:02d}": Fraction(book.text(f"energy.bills/2025-{month:02d}/{column}"))
            for month in range(1, 13)
        }
        assert outliers(values) == expected


def test_the_complete_sample_has_nothing_to_mend_and_nothing_unexplained() -> None:
    project = sample_project()
    remarks = [
        remark
        for page in project.questionnaire.pages()
        for remark in check_page(page, project.book, project.derivation)
    ]
    assert {remark.severity.value for remark in remarks} == {"hint"}


def test_progress_counts_what_is_open_and_where() -> None:
    complete, partial = progress(sample_project()), progress(sample_project(INCOMPLETE))
    assert complete.missing == 0
    assert complete.minutes_left == 0
    assert complete.page("energy").zero == 2
    assert complete.page("energy").not_applicable == 3
    assert partial.page("materials").open_keys == ("plating.metals/nickel/bought",)
    assert partial.page("benchmark").missing == 2
    assert partial.minutes_left > 0


def test_the_water_balance_is_taken_apart() -> None:
    balance = water_balance(sample_project())
    assert [(part.title, part.figure.value) for part in balance.parts] == [
        ("总表减各分表", Fraction(620)),
        ("废水站推算减在线表", Fraction(530)),
    ]
    assert sum(part.figure.value or 0 for part in balance.parts) == balance.gap.value == 1150
    assert [unit.balanced for unit in balance.units] == [True] * 5
    assert balance.within is True
    open_balance = water_balance(
        sample_project(with_answer(sample_book(), "water.outlet_meter", "30000"))
    )
    assert open_balance.within is False


def test_the_nickel_balance_shows_its_gap_as_it_is() -> None:
    (nickel,) = material_balances(sample_project())
    assert nickel.total_in == 12845
    assert nickel.gap == Fraction("254.76")
    assert nickel.within is True


def test_a_figure_typed_over_on_the_indicator_page_counts_and_stays_marked() -> None:
    key = "indicator/general-plating/nickel-utilisation"
    found = found_indicators(sample_project(with_answer(sample_book(), key, "86", "按新化验值")))
    nickel = found["nickel-utilisation"]
    assert nickel.finding == Measured(Fraction(86))
    assert nickel.trace.note == "手改：按新化验值"
    assert nickel.trace.children[0].value == Fraction(1071204, 12845)


def test_numbers_a_system_needs_are_answered_by_key_or_stay_unknown() -> None:
    forms = shipped_forms()
    system = shipped_system("pcb-64-draft")
    table_id = system.tables[0].id
    variable = system.variables[0].id

    def project(book: AnswerBook) -> AuditProject:
        questionnaire = forms.questionnaires["industry"]
        return build_project(
            book,
            questionnaire,
            forms.quantities,
            forms.factors,
            system=system,
            table_id=table_id,
            rules=NO_RULES,
        )

    assert inputs_of(project(AnswerBook())).variables == {}
    book = AnswerBook({variable_key(table_id, variable): Given("4")})
    assert inputs_of(project(book)).variables == {variable: Fraction(4)}
    assert assess_project(project(book)).level is None
