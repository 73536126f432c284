"""An audit as it would be with some measures carried out: savings taken from the answers, indicators scored again.

Nothing is scored here: the changed answers go through the same formulas and the same engine as the audit itself.
Two measures that save the same at the same place (or at no place named) are not simply added: the second saves of what
the first leaves, 1 - (1 - a/W)(1 - b/W) of the whole W. At different places they are added, and never beyond the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.indicator_system import Indicator
from app.assessment.result import Assessment
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.forms.answer import Answer, AnswerBook, Given, cell_key, indicator_key, override_key
from app.forms.measure_data import Stream, StreamPlace
from app.forms.question_index import row_ids
from app.measures.model import Measure, number_of, stream_of, whole_of

_ZERO = Fraction(0)
_BY_MEASURES = "按方案省下的算"


@dataclass(frozen=True)
class Overdrawn:
    """More is saved of a stream than there is."""

    stream: Stream
    saved: Fraction
    whole: Fraction


@dataclass(frozen=True)
class Combined:
    """saved: by stream, together. overdrawn: what cannot be. overlap: what adding them up would have said too much."""

    saved: Mapping[str, Fraction]
    overdrawn: tuple[Overdrawn, ...]
    overlap: Mapping[str, Fraction]


def combine(project: AuditProject, measures: Iterable[Measure]) -> Combined:
    """What the measures save together, stream by stream."""
    by_stream: dict[str, dict[str, list[Fraction]]] = {}
    for measure in measures:
        for stream_id, amount in measure.savings.items():
            places = by_stream.setdefault(stream_id, {})
            places.setdefault("".join(measure.place.split()), []).append(amount)
    saved, overlap = {}, {}
    overdrawn = []
    for stream_id, places in by_stream.items():
        stream = stream_of(project, stream_id)
        whole = _whole(project, stream)
        together = sum((_of_one_place(amounts, whole) for amounts in places.values()), _ZERO)
        added = sum((sum(amounts, _ZERO) for amounts in places.values()), _ZERO)
        if whole is not None and not stream.more and together > whole:
            overdrawn.append(Overdrawn(stream, together, whole))
        saved[stream_id] = together
        if added != together:
            overlap[stream_id] = added - together
    return Combined(saved, tuple(overdrawn), overlap)


def _whole(project: AuditProject, stream: Stream) -> Fraction | None:
    """The stream's year: the quantity it names, else what stands at its places."""
    whole = whole_of(project, stream)
    if whole is not None or stream.whole or not stream.places:
        return whole
    values = [number for _, number in cells_of(project, stream.places[0])]
    return sum(values, _ZERO) if values else None


def _of_one_place(amounts: list[Fraction], whole: Fraction | None) -> Fraction:
    """Only what saves overlaps; what uses more is added."""
    saving = [amount for amount in amounts if amount > 0]
    using = sum((amount for amount in amounts if amount < 0), _ZERO)
    if whole is None or whole <= 0 or len(saving) < 2 or max(saving) > whole:
        return sum(saving, _ZERO) + using
    left = Fraction(1)
    for amount in saving:
        left *= 1 - amount / whole
    return whole * (1 - left) + using


def cells_of(project: AuditProject, place: StreamPlace) -> list[tuple[str, Fraction]]:
    """Answer key and number of every cell of the stream in the base year."""
    if place.question:
        number = number_of(project.book.get(place.question))
        return [] if number is None else [(place.question, number)]
    table = project.index.tables.get(place.table)
    if table is None:
        return []
    found = []
    for row in row_ids(table, project.book, project.base_year):
        if table.rows.value in ("months", "years") and row[:4] != str(project.base_year):
            continue
        if place.row and row != place.row:
            continue
        if place.by and project.book.text(cell_key(table.id, row, place.by)) not in place.values:
            continue
        key = cell_key(table.id, row, place.column)
        number = number_of(project.book.get(key))
        if number is not None:
            found.append((key, number))
    return found


def with_measures(project: AuditProject, measures: Iterable[Measure]) -> AuditProject:
    """The audit with the measures carried out. What is overdrawn is taken down to nothing left, never below; callers look
    at `combine(...).overdrawn` first."""
    chosen = tuple(measures)
    return with_changes(project, combine(project, chosen).saved, raises_together(project, chosen))


def with_changes(
    project: AuditProject, saved: Mapping[str, Fraction], raises: Mapping[str, str]
) -> AuditProject:
    """saved: by stream id. raises: answer text by indicator id. A stream that no cell holds (VOC worked out from a ledger)
    is taken from the figure itself, as if it had been typed over; so is one whose figure was typed over already."""
    answers: dict[str, Answer] = dict(project.book.answers)
    raised = set(project.raised)
    for stream_id, amount in saved.items():
        stream = stream_of(project, stream_id)
        taken = False
        for place in stream.places:
            cells = [] if place.otherwise and taken else cells_of(project, place)
            taken |= bool(cells)
            whole = sum((number for _, number in cells), _ZERO)
            if not whole:
                continue
            change = amount if stream.more else -min(amount, whole)
            for key, number in cells:
                if not number:
                    continue  # nothing to take from; a row may be 不适用
                answers[key] = _changed(answers[key], number + change * number / whole)
    for stream in project.reference.streams:
        if stream.id in saved and _is_typed_over(project, stream):
            _type_over(project, answers, stream, saved[stream.id])
    for indicator_id, text in raises.items():
        assert project.system is not None
        home = project.system.home(project.table_id, indicator_id)
        answers[indicator_key(home, indicator_id)] = Given(text)
        raised.add(indicator_key(home, indicator_id))
    book = AnswerBook(answers, project.book.rows)
    derivation = project.derivation.with_book(book)
    return replace(project, book=book, derivation=derivation, raised=frozenset(raised))


def _is_typed_over(project: AuditProject, stream: Stream) -> bool:
    if stream.whole not in project.derivation.quantities:
        return False
    return not stream.places or isinstance(project.book.get(override_key(stream.whole)), Given)


def _type_over(
    project: AuditProject, answers: dict[str, Answer], stream: Stream, amount: Fraction
) -> None:
    """A stream further down (emitted) falls by what is stated of it, once: what is made less was reckoned into that already."""
    before = project.derivation.figure(stream.whole).value
    book = AnswerBook(answers, project.book.rows)
    now = project.derivation.with_book(book).figure(stream.whole).value
    if before is None or now is None:
        return
    left = now - amount if stream.more or amount < 0 else before - amount
    answers[override_key(stream.whole)] = Given(str(max(left, _ZERO)), _BY_MEASURES)


def _changed(answer: Answer, value: Fraction) -> Answer:
    assert isinstance(answer, Given)
    return replace(answer, text=str(value))


def raises_together(project: AuditProject, measures: Iterable[Measure]) -> Mapping[str, str]:
    """The best each indicator is raised to; never worse than it is already."""
    if project.system is None:
        return {}
    indicators = {
        one.id: one for part in project.system.parts(project.table_id) for one in part.indicators()
    }
    best: dict[str, str] = {}
    for measure in measures:
        for indicator_id, text in measure.raises.items():
            indicator = indicators.get(indicator_id)
            if indicator is None:
                continue
            if indicator_id not in best:
                home = project.system.home(project.table_id, indicator_id)
                now = project.book.text(indicator_key(home, indicator_id))
                best[indicator_id] = _better(indicator, now, text)
            else:
                best[indicator_id] = _better(indicator, best[indicator_id], text)
    return best


_ORDER = {"I": 1, "II": 2, "III": 3, "none": 4}


def _better(indicator: Indicator, one: str, other: str) -> str:
    if not one:
        return other
    if one in _ORDER or other in _ORDER:
        return one if _ORDER.get(one, 5) <= _ORDER.get(other, 5) else other
    lower = indicator.direction is not None and indicator.direction.value == "lower"
    values = sorted((one, other), key=Fraction)
    return values[0] if lower else values[1]


def rescored(project: AuditProject, measures: Iterable[Measure]) -> Assessment:
    """The whole audit scored again with the measures carried out."""
    return assess_project(with_measures(project, measures))
