"""Change one answer and exactly the figures that rest on it change: no others, and none of them stays behind."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from app.assessment.trace import Trace
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given
from app.forms.figure import Figure
from app.forms.question import QuestionKind
from app.forms.question_index import row_ids
from tests.helpers.forms import printer_project, sample_project, with_answer

PROJECTS = {"chengling": sample_project, "huichuan": printer_project}
# what falls out of a difference: the bill and the shared bill move together
CANCELS = {"energy.shared_gap", "voc.waste_out"}
NONE_OR_ALL = (0, 100)  # a share of nothing or of everything stays what it is when the whole grows


def figures(project: AuditProject) -> Mapping[tuple[str, ...], Figure]:
    """Every quantity in every year, and every derived cell."""
    made = project.derivation
    places = made.index.places.values()
    # Worked out in rows only, as columns of tables.
    of_rows = {place.question.derived for place in places if place.table}
    found: dict[tuple[str, ...], Figure] = {
        (quantity_id, str(year)): made.figure(quantity_id, year)
        for quantity_id in made.quantities
        for year in project.years
        if quantity_id not in of_rows
    }
    for table in made.index.tables.values():
        for row_id in row_ids(table, project.book, project.base_year):
            for column in table.columns:
                if column.derived:
                    found[table.id, row_id, column.id] = made.cell(table.id, row_id, column.id)
    return found


def said(figure: Figure) -> tuple[object, ...]:
    return figure.value, figure.at_least, figure.words, figure.missing, figure.not_applicable


def keys(trace: Trace, known: dict[int, frozenset[str]] | None = None) -> frozenset[str]:
    """Every key below; known: what was gathered of traces that several figures share, by identity."""
    known = {} if known is None else known
    if id(trace) not in known:
        own = [trace.key] if trace.key else []
        known[id(trace)] = frozenset(own).union(*(keys(child, known) for child in trace.children))
    return known[id(trace)]


def resting_on(found: Mapping[tuple[str, ...], Figure]) -> Mapping[tuple[str, ...], frozenset[str]]:
    known: dict[int, frozenset[str]] = {}
    return {place: keys(figure.trace, known) for place, figure in found.items()}


def one_cell_of_each_question(project: AuditProject) -> list[str]:
    """The last answered number of every question and column: of the base year in tables of months and years."""
    chosen: dict[str, str] = {}
    for key, answer in project.book.answers.items():
        parts = key.split("/")
        name = f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key
        place = project.derivation.index.places.get(name)
        number = place is not None and place.question.kind is QuestionKind.NUMBER
        if number and isinstance(answer, Given) and answer.text and Fraction(answer.text):
            chosen[name] = key
    return sorted(chosen.values())


@pytest.mark.parametrize("name", PROJECTS)
def test_exactly_the_dependent_figures_change(name: str) -> None:
    make = PROJECTS[name]
    before_project = make()
    before = figures(before_project)
    assert len(before) > 400
    rested = resting_on(before)
    moved = 0
    for key in one_cell_of_each_question(before_project):
        book: AnswerBook = before_project.book
        text = book.text(key)
        changed_book = with_answer(book, key, f"{int(Fraction(text)) + 1}.0173")
        after = figures(make(changed_book))
        assert after.keys() == before.keys()
        changed = {place for place in before if said(before[place]) != said(after[place])}
        rests = resting_on(after)
        resting = {place for place in before if key in rested[place] or key in rests[place]}
        assert changed <= resting, (key, changed - resting)
        silent = {
            place
            for place in resting - changed
            if place[0] not in CANCELS
            and (before[place].value is not None or before[place].at_least is not None)
            and not (before[place].unit == "%" and before[place].value in NONE_OR_ALL)
        }
        assert silent == set(), key
        moved += len(changed)
    assert moved > 100


@pytest.mark.parametrize("name", PROJECTS)
def test_every_figure_that_is_worked_out_leads_back_to_an_answer(name: str) -> None:
    for place, figure in figures(PROJECTS[name]()).items():
        # the factor of a province is known without an answer
        if figure.value is not None and not figure.words and place[0] != "energy.grid_factor":
            assert any(keys(figure.trace)), place
