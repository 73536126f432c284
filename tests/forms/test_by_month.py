"""Other carriers by month: what stands in hidden columns, and a year given twice, are said."""

from app.checkup.page_remarks import Severity, check_page
from app.forms import unused
from app.forms.answer import MISSING, AnswerBook, Change, Given, cell_key
from app.forms.derive import Derivation
from app.forms.grid import grid_from_text
from app.forms.parse import parse_answer
from app.forms.paste import plan_paste
from app.forms.question import Page
from app.forms.visible import hidden_but_answered
from tests.helpers.forms import derivation, shipped_forms

MONTHS = "energy.months"


def page() -> Page:
    pages = shipped_forms().questionnaires["industry"].pages()
    return next(page for page in pages if page.id == "energy")


def by_month(chosen: str, cells: dict[str, str], year: int = 2025, **single: str) -> AnswerBook:
    answers = {"audit.base_year": "2025", "energy.by_month": chosen}
    answers |= {f"energy.{key}": text for key, text in single.items()}
    for month in range(1, 13):
        for column, text in cells.items():
            answers[cell_key(MONTHS, f"{year}-{month:02d}", column)] = text
    return AnswerBook({key: Given(text) for key, text in answers.items()})


def said(made: Derivation, key: str) -> list[tuple[Severity, str]]:
    remarks = check_page(page(), made.book, made)
    return [(one.severity, one.what) for one in remarks if one.key == key]


def test_a_year_given_by_its_months_and_as_one_number_says_so_when_they_differ() -> None:
    key = cell_key(MONTHS, "2025-12", "diesel")
    differs = said(derivation(by_month("diesel", {"diesel": "100"}, diesel="900")), key)
    assert differs == [(Severity.SHOULD, "2025 年「柴油」各月合计 1,200 kg，全年数填的是 900 kg")]
    assert said(derivation(by_month("diesel", {"diesel": "100"}, diesel="1200")), key) == []


def test_an_earlier_year_given_twice_is_said_and_the_months_count() -> None:
    book = by_month("diesel", {"diesel": "10"}, year=2024)
    book = AnswerBook({**book.answers, "energy.before/diesel/y1": Given("7")})
    made = derivation(book)
    assert made.figure("energy.diesel_used", 2024).value == 120
    assert len(said(made, cell_key(MONTHS, "2024-12", "diesel"))) == 1


def test_an_earlier_year_without_months_is_the_one_number() -> None:
    book = by_month("diesel", {"diesel": "10"})
    book = AnswerBook({**book.answers, "energy.before/diesel/y1": Given("7")})
    assert derivation(book).figure("energy.diesel_used", 2024).value == 7


def test_months_of_a_carrier_no_longer_chosen_are_not_hidden_silently() -> None:
    book = by_month("diesel", {"diesel": "1", "coal": "9"})
    assert hidden_but_answered(page(), book) == (cell_key(MONTHS, "2025-01", "coal"),)


def test_what_the_card_of_unused_things_answered_is_not_called_hidden() -> None:
    index = derivation(AnswerBook()).index
    book = by_month("", {})
    chosen = AnswerBook({**book.answers, "energy.unused": Given("diesel|coal")})
    for change in unused.changes(index, chosen, 2025):
        assert isinstance(change, Change)
        chosen = AnswerBook({**chosen.answers, change.key: change.after}, chosen.rows)
    assert chosen.get(cell_key(MONTHS, "2025-01", "coal")) != MISSING
    assert hidden_but_answered(page(), chosen) == ()


def test_a_paste_writes_into_the_columns_one_sees_only() -> None:
    table = derivation(AnswerBook()).index.tables[MONTHS]
    book = by_month("diesel|coal", {})
    rows = "\n".join("5\t6" for _ in range(12))
    plan = plan_paste(
        table, grid_from_text(rows), book, base_year=2025, year=2025, top_left=("2025-01", "diesel")
    )
    assert {cell.key.rsplit("/")[-1] for cell in plan.cells} == {"diesel", "coal"}


def test_litres_become_kilograms_only_by_a_density_somebody_writes() -> None:
    diesel = derivation(AnswerBook()).index.places["energy.diesel"].question
    bare = parse_answer(diesel, "1200 升")
    assert bare.answer == Given("", raw="1200 升")
    assert bare.offers == ()
    assert bare.problem is not None
    assert "写的是 升" in bare.problem.what
    told = parse_answer(diesel, "1200升×0.84")
    assert told.answer == Given("1008", raw="1200升×0.84", note="1,200 升 × 0.84 kg/升")
    assert told.understood == "1,008 kg（1,200 升 × 0.84 kg/升）"
