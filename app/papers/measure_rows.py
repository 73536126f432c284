"""How measures stand on paper, the same in every table: their order and kind, money, what they save, sums of a column."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from fractions import Fraction

from app.assessment.numbers import round_half_up
from app.audit.measures import SAVINGS, TABLE
from app.audit.project import AuditProject
from app.forms.answer import Given, cell_key
from app.measures.model import DROPPED, FEASIBLE, Measure, measures_of, stream_of
from app.measures.results import counts, proofs_of
from app.papers.digits import places_to_the_end, regrouped
from app.papers.document import (
    Amount,
    Cell,
    Open,
    Row,
    RowKind,
)

NO_MEASURES = "尚未提出清洁生产方案。"


def is_costly(measure: Measure) -> bool:
    """中/高费, by the letters of its number."""
    return measure.code.startswith("ZG")


def in_order(measure: Measure) -> tuple[bool, int]:
    """无/低费 first, by number: the order of every table of measures."""
    digits = "".join(c for c in measure.code if c.isdigit())
    return is_costly(measure), int(digits or 0)


def codes_of(measures: Iterable[Measure]) -> str:
    return "、".join(one.code for one in sorted(measures, key=in_order))


# Counted in another stream where that is saved, too.
_PARTS = {"rinse": ("water", "其中清洗用新水")}


def part_title(project: AuditProject, stream_id: str, saved: Container[str]) -> str:
    """The name of a stream; 「其中…」 of one that is a part of another in the same row."""
    whole, title = _PARTS.get(stream_id, ("", ""))
    return title if whole in saved else stream_of(project, stream_id).title


def stream_places(amount: Fraction) -> int:
    """Decimals of a year's amount of a stream: whole from a thousand on, as many as it has below, at most three."""
    return 0 if abs(amount) >= 1000 else places_to_the_end(amount, 3)


def unbooked_words(project: AuditProject) -> str:
    """「ZG5 的运行费用增加，增加的用量没有填，未计入。」 of measures taken up that cost more a year and book no amount, then what
    notes at any of them say is not counted: 「ZG7 清洗多用的水没有测算，未计入。」"""
    found = [
        one.measure
        for one in proofs_of(project)
        if counts(one)
        and one.measure.saving is not None
        and one.measure.saving < 0
        and not any(amount < 0 for amount in one.measure.savings.values())
    ]
    said = f"{codes_of(found)} 的运行费用增加，增加的用量没有填，未计入。" if found else ""
    for one in sorted((one.measure for one in proofs_of(project) if counts(one)), key=in_order):
        clauses = "、".join(dict.fromkeys(_uncounted(project, one)))
        said += f"{one.code} {regrouped(clauses)}，未计入。" if clauses else ""
    return said


_UNCOUNTED = re.compile(r"(?:没有|未|没)(?:测算|估算|计算|估计)")
_LEFT_OUT = re.compile(r"[，,]?(?:所以)?(?:未|没有|没)(?:计入|算进来)$")


def _uncounted(project: AuditProject, measure: Measure) -> Iterator[str]:
    """Clauses of the notes at a measure by which something was not reckoned, or is left out, without the words for the latter."""
    keys = [cell_key(TABLE, measure.row_id, column) for column in ("effect", "cost", "saving")]
    keys += [cell_key(SAVINGS, measure.row_id, stream) for stream in measure.savings]
    for answer in map(project.book.get, keys):
        if not isinstance(answer, Given):
            continue
        for clause in re.split(r"[；;。\n]", answer.note):
            what = _LEFT_OUT.sub("", clause.strip())
            if what and (what != clause.strip() or _UNCOUNTED.search(what)):
                yield what


def counted_by(measures: Iterable[Measure]) -> str:
    """By what the level afterwards is worked out: an indicator that is no number is raised by what is in use, not measured."""
    return "实测和投用情况" if any(one.raises for one in measures) else "实测"


def money(value: Fraction | None, key: str) -> Cell:
    return Open(key=key) if value is None else Amount(value, 2, "万元", key)


def typed(project: AuditProject, measure: Measure, column: str) -> str:
    """What stands in a column of the list of measures, "" for nothing."""
    return project.book.text(cell_key(TABLE, measure.row_id, column)).strip()


def is_feasible(measure: Measure) -> bool:
    """Found feasible, whether or not it is being carried out yet."""
    return measure.state in FEASIBLE


def costly_measures(project: AuditProject) -> list[Measure]:
    """Those of 中/高费 that are not dropped, in order."""
    found = [one for one in measures_of(project) if is_costly(one) and one.state != DROPPED]
    return sorted(found, key=in_order)


def total_row(rows: Sequence[Row], columns: Iterable[int]) -> Row:
    """合计 of the money in some columns, each cell as it is printed, so that a pocket calculator agrees; the
    word stands in the second. A column without any number has no sum."""
    cells: list[Cell] = [""] * len(rows[0].cells)
    cells[1] = "合计"
    for column in columns:
        known = [one for row in rows if isinstance(one := row.cells[column], Amount)]
        if known:
            printed = (Fraction(round_half_up(one.value, one.places)) for one in known)
            cells[column] = Amount(sum(printed, Fraction(0)), known[0].places, known[0].unit)
    return Row(tuple(cells), RowKind.TOTAL)
