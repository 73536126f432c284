"""Which column of ours a client's head names: for certain, in doubt, or not at all."""

import re
from dataclasses import dataclass, field

from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.reading.heads import Head, read_head
from app.forms.reading.units import fit
from app.forms.reading.words import (
    Carrier,
    Meaning,
    carrier_in,
    meaning_of_column,
    names_of_meanings,
    other_names,
    spoken,
    words,
)


@dataclass(frozen=True)
class Match:
    """target: the column. clean: the head means the whole of it; why: else what it is instead. strength: 4 its own name …
    1 the name is in it somewhere."""

    target: Question
    clean: bool
    strength: int
    why: str = ""


@dataclass
class Names:
    """The names of a table's columns, read once per plan."""

    table: TableQuestion
    exact: dict[str, Question] = field(default_factory=dict)
    several: dict[str, list[Question]] = field(default_factory=dict)
    meanings: dict[tuple[str, bool], Question] = field(default_factory=dict)
    inner: list[tuple[str, Question]] = field(
        default_factory=list
    )  # names looked for inside a head
    matched: dict[tuple[Head, str], Match | None] = field(default_factory=dict)

    @classmethod
    def of(cls, table: TableQuestion) -> "Names":
        made = cls(table)
        for column in table.columns:
            for name in (column.title, column.short, *column.headings):
                head = read_head(name) if name else None
                if head is not None and head.name:
                    made.exact.setdefault(_keyed(head), column)
                    if column not in made.several.setdefault(_keyed(head), []):
                        made.several[_keyed(head)].append(column)
                    for other in other_names(name):
                        made.exact.setdefault(other, column)
            meaning = meaning_of_column(column)
            if meaning is not None and not column.derived:
                made.meanings.setdefault((meaning.carrier.name, meaning.fee), column)
        if table.row_title and table.rows.value == "free":
            first = next((c for c in table.columns if c.kind is QuestionKind.TEXT), None)
            if first is not None and not first.derived:
                made.exact.setdefault(read_head(table.row_title).name, first)
        for called, means_it in names_of_meanings().items():
            if (meant := made.meanings.get(called)) is not None:
                made.inner += [(name, meant) for name in means_it]
        made.inner += [(name, column) for name, column in made.exact.items() if len(name) >= 2]
        return made

    def column(self, column_id: str) -> Question | None:
        return next((c for c in self.table.columns if c.id == column_id), None)

    def meaning(self, meaning: Meaning | None) -> Question | None:
        return None if meaning is None else self.meanings.get((meaning.carrier.name, meaning.fee))

    def match(self, head: Head, carrier: Carrier | None) -> Match | None:
        """What a head means. carrier: the one the titles speak of, for heads like 「用量」 and 「金额」."""
        known = (head, carrier.name if carrier is not None else "")
        if known not in self.matched:
            self.matched[known] = self._match(head, carrier)
        return self.matched[known]

    def _match(self, head: Head, carrier: Carrier | None) -> Match | None:
        data = words()
        exact = self.exact.get(_keyed(head))
        alike = self.several.get(_keyed(head), [])
        if len(alike) > 1:
            # one name, two of our columns: the unit tells which
            fitting = [c for c in alike if head.unit and c.unit and fit(head.unit, c.unit).factor]
            if len(fitting) != 1:
                return Match(
                    alike[0], False, 2, "可能是" + "或".join(f"「{c.title}」" for c in alike)
                )
            exact = fitting[0]
        if exact is not None and (head.clean or _own_kinds(exact) >= set(head.kinds)):
            return Match(exact, True, 4)
        why = "、".join(head.kinds)
        spoken_as = spoken().get(head.name) or spoken().get(head.core)
        if spoken_as is not None:
            found = self.meaning(spoken_as)
            if found is not None:
                return Match(found, head.clean, 3, why)
            bare = self.exact.get(
                head.core.removesuffix("量")
            )  # 「新水量」 where 「新水」 is asked
            if bare is not None and not spoken_as.fee:
                return Match(bare, head.clean, 3, why)
            return None
        if head.core in self.exact and head.core != head.name:
            free = self.table.rows is RowsKind.FREE  # 「总功率」 is not the 功率 of one machine
            return Match(
                self.exact[head.core], head.clean and not free, 3, why or ("一共的" if free else "")
            )
        if head.last and (below := read_head(head.last)).name:
            lowest = self.match(below, None)
            if lowest is not None and lowest.strength >= 3:
                return Match(lowest.target, lowest.clean and head.clean, 3, lowest.why or why)
        if not head.core and head.unit:
            fitting = [
                c for (_, _), c in self.meanings.items() if fit(head.unit, c.unit, False).factor
            ]
            if len(fitting) == 1 and head.clean and not fit(head.unit, fitting[0].unit).bare:
                return Match(fitting[0], True, 2)
        fee = head.core in data["generic_fee"] or (
            not head.core
            and (bool(fit(head.unit, "元").factor) or re.search("含税|价税", head.text) is not None)
        )
        amount = head.core in data["generic_amount"] or (not head.core and not fee)
        if (
            carrier is not None
            and (fee or amount)
            and (head.core or head.unit or head.year or head.whole)
        ):
            found = self.meanings.get((carrier.name, fee))
            if found is not None:
                return Match(found, head.clean, 3, why)
        return self._inside(head, why)

    def _inside(self, head: Head, why: str) -> Match | None:
        """A known name somewhere in the head: a candidate in doubt."""
        if len(head.core) < 2:
            return None
        inside = [(len(name), column) for name, column in self.inner if name in head.core]
        carrier = carrier_in(head.core)
        if not inside:
            if carrier is None or not head.kinds:
                return None
            fee = bool(re.search("费|金额|款", head.core))
            column = self.meanings.get((carrier.name, fee))
            return Match(column, False, 1, why) if column is not None else None
        column = max(inside, key=lambda pair: pair[0])[1]
        rest = _rest(
            head.core, [name for name, c in self.inner if c is column and name in head.core]
        )
        if head.clean and rest in words()["name_affixes"]:
            return Match(column, True, 2)
        return Match(column, False, 1, why or f"多了「{rest}」")


def _rest(core: str, inside: list[str]) -> str:
    return core.replace(max(inside, key=len), "", 1)


def _keyed(head: Head) -> str:
    return head.name


def _own_kinds(column: Question) -> set[str]:
    found: set[str] = set()
    for name in (column.title, column.short, *column.headings):
        if name:
            found |= set(read_head(name).kinds)
    return found
