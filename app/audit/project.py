"""One audit as the program works with it: answers, the questions that fit it, the system it is scored with, and what follows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from app.assessment.indicator_system import IndicatorSystem
from app.audit.law import LawEdition, edition_of
from app.forms.answer import AnswerBook, indicator_key
from app.forms.dated import dated
from app.forms.derive import Derivation, Rule
from app.forms.figure import Figure
from app.forms.law import LawBook
from app.forms.quantity import DerivationMap, Factor, Quantity
from app.forms.question import Questionnaire
from app.forms.question_index import QuestionIndex, row_ids
from app.forms.readable import readable
from app.forms.reference import Reference

BASE_YEAR = "audit.base_year"
SYSTEM_KEY = "audit.system"
TABLE_KEY = "audit.table"
# Hash of the copy that counts once a newer copy of the same system was taken over; absent = the first one frozen.
COPY_KEY = "audit.system_copy"


@dataclass(frozen=True)
class AuditProject:
    """questionnaire: with the audit's years put in. system: None for a firm no system fits (own three years only);
    then table_id and system_hash are "". basis_hash, basis_text: the data it rests on (app.audit.basis).
    raised: keys of indicators that measures raise, in an audit as it would be with them (app.measures.apply); is_measured:
    those measures are carried out and what came of them is measured, else they are plans."""

    book: AnswerBook
    questionnaire: Questionnaire
    index: QuestionIndex
    derivation: Derivation
    system: IndicatorSystem | None = None
    system_hash: str = ""
    table_id: str = ""
    derivation_map: DerivationMap | None = None
    basis_hash: str = ""
    law: LawBook = field(default_factory=LawBook)
    reference: Reference = field(default_factory=Reference)
    basis_text: str = field(default="", repr=False, compare=False)
    raised: frozenset[str] = frozenset()
    is_measured: bool = False

    @cached_property
    def law_edition(self) -> LawEdition:
        """The law of the day the audit began."""
        return edition_of(self.law, self.book)

    def indicator_key(self, indicator_id: str) -> str:
        """The key of an indicator answered directly. It names the indicator's own table, so that the answer stays when
        other tables are chosen beside it. KeyError when the chosen tables have no such indicator."""
        assert self.system is not None
        return indicator_key(self.system.home(self.table_id, indicator_id), indicator_id)

    def quantity_of(self, indicator_id: str) -> str:
        """Id of the derived quantity the indicator takes its value from, "" when it is answered directly."""
        if self.derivation_map is None or self.system is None:
            return ""
        home = self.system.home(self.table_id, indicator_id)
        return self.derivation_map.quantity_of(home, indicator_id)

    def figures(self) -> Iterator[Figure]:
        """Every figure worked out for the base year: quantities, then derived cells."""
        columns = [
            (table, column)
            for table in self.index.tables.values()
            for column in table.columns
            if column.derived
        ]
        of_rows = {column.derived for _, column in columns}
        for quantity_id in self.derivation.quantities:
            if quantity_id not in of_rows:
                yield self.derivation.figure(quantity_id)
        for table, column in columns:
            for row_id in row_ids(table, self.book, self.base_year):
                yield self.derivation.cell(table.id, row_id, column.id)

    @property
    def base_year(self) -> int | None:
        return self.derivation.base_year

    @property
    def years(self) -> tuple[int, ...]:
        """The three audit years, oldest first; empty while the base year is open."""
        return () if self.base_year is None else tuple(self.base_year - back for back in (2, 1, 0))


def base_year_of(book: AnswerBook) -> int | None:
    text = book.text(BASE_YEAR)
    return int(text) if re.fullmatch("[12][0-9]{3}", text) else None


@lru_cache(maxsize=16)
def _dated(
    questionnaire: Questionnaire, base_year: int | None
) -> tuple[Questionnaire, QuestionIndex]:
    result = dated(questionnaire, base_year)
    return result, QuestionIndex(result)


def build_project(
    book: AnswerBook,
    questionnaire: Questionnaire,
    quantities: Mapping[str, Quantity],
    factors: Mapping[str, Factor],
    *,
    system: IndicatorSystem | None = None,
    system_hash: str = "",
    table_id: str = "",
    derivation_map: DerivationMap | None = None,
    rules: Mapping[str, Rule],
    basis_hash: str = "",
    law: LawBook = LawBook(),  # noqa: B008  (frozen)
    reference: Reference | None = None,
    basis_text: str = "",
) -> AuditProject:
    """The project for one state of the answers; cheap enough to be made anew after every change.

    rules: app.audit.rules.rules_of(reference). law: that of the same reference. In the program, app.services.cases is the only caller.
    """
    base_year = base_year_of(book)
    with_years, index = _dated(questionnaire, base_year)
    book = readable(book, index)
    derivation = Derivation(book, index, quantities, factors, base_year, rules)
    return AuditProject(
        book,
        with_years,
        index,
        derivation,
        system,
        system_hash,
        table_id,
        derivation_map,
        basis_hash,
        law,
        reference or Reference(),
        basis_text,
    )
