"""Questions as data. The files are resources/forms/**/*.yaml; adding a question or a whole set touches no code.

A small closed set of kinds, each with one designed widget in app.ui.fields.
To add a kind: QuestionKind here, its parsing in app.forms.parse, its widget in app.ui.fields.
"""

import enum
from dataclasses import dataclass, field

from app.forms.condition import Condition


class QuestionKind(enum.StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    YEAR = "year"
    MONTH = "month"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"  # canonical "yes" / "no"
    INDUSTRY = "industry"  # GB/T 4754 code
    CREDIT_CODE = "credit_code"  # 统一社会信用代码


# Lists of app.audit.offers that a text question or column may name in `choices_from`.
OFFERED = (
    "voc_limits",
    "package_classes",
    "water_quotas",
    "chemicals",
    "emission_factors",
    "caps",
    "caps_repair",
    "voc_materials",
)


@dataclass(frozen=True)
class Option:
    """condition: for whom a table offers it; an answer that names it already stays readable."""

    id: str
    label: str
    hint: str = ""
    condition: Condition | None = None


@dataclass(frozen=True)
class NumberCheck:
    """Bounds are canonical decimal text, "" = none. Outside hard bounds: 必改 (stored all the same). Outside the usual
    bounds: ochre, asks for a word."""

    minimum: str = ""
    maximum: str = ""
    usual_minimum: str = ""
    usual_maximum: str = ""
    integer: bool = False


@dataclass(frozen=True)
class Carrier:
    """A fuel or heat that counts in another unit: 「柴油」 in kg, `times` of the question's unit each (canonical decimal text)."""

    name: str
    unit: str
    times: str


@dataclass(frozen=True)
class Question:
    """A single question or a table column. `title` is a sentence for single questions, a short head for columns.

    short: label for lists and search. required: counts as 未填 when empty. silences: 零/不适用 may be chosen.
    derived: id of the quantity shown in this (read-only) place, "" for typed ones; in a column the quantity is a row
    formula (see app.forms.derive).
    """

    id: str
    title: str
    kind: QuestionKind
    number: str = ""
    short: str = ""
    unit: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True
    silences: bool = False
    default: str = ""
    derived: str = ""
    condition: Condition | None = None
    check: NumberCheck = field(default_factory=NumberCheck)
    help: str = ""
    why: str = ""
    how: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    mistakes: str = ""
    source: str = ""
    examples: str = ""
    width: int = 0  # relative width as a column; 0 = by kind
    detection: bool = False  # 「<0.01」 and 「未检出」 are answers too
    bounds: bool = False  # 「6～9」 and 「≤80」 are answers too: the number is the upper bound
    headings: tuple[str, ...] = ()  # other names of a column in files that are imported
    part_of: str = (
        ""  # what this cannot be more than: a column of the same row, or another question
    )
    keep: bool | None = (
        None  # whether the next round begins with it; None = by kind (app.audit.next_round)
    )
    choices_from: str = ""  # one of OFFERED: texts offered while typing; others stay allowed
    tonnes: bool = False  # water: a tonne is a m³
    unit_in: str = ""  # title of the column where this row can say its unit (app.forms.row_units)
    unit_of: str = ""  # the question that says the unit of this one (app.forms.row_units)
    carriers: tuple[
        "Carrier", ...
    ] = ()  # fuels that may be typed by their names, in their own units
    unfolded: bool = False  # stands in the short view too although nothing need be answered


class RowsKind(enum.StrEnum):
    MONTHS = "months"  # 12 months of each audit year (base year and the two before): ids YYYY-MM
    YEARS = "years"  # the three audit years: ids YYYY
    FIXED = "fixed"  # listed in the data: ids of `fixed_rows`
    FREE = "free"  # added by the user
    FOLLOWING = "following"  # the rows of another free table, `rows_of`


@dataclass(frozen=True)
class TableQuestion:
    """A table of questions: one row a month, year, listed item or user row; columns are Questions.

    total: ids of columns with a total row (sum). outliers: ids of columns checked by median ± 5 MAD within a year.
    """

    id: str
    title: str
    rows: RowsKind
    columns: tuple[Question, ...]
    number: str = ""
    fixed_rows: tuple[Option, ...] = ()
    row_title: str = ""
    total: tuple[str, ...] = ()
    outliers: tuple[str, ...] = ()
    optional_rows: bool = True
    condition: Condition | None = None
    help: str = ""
    why: str = ""
    how: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    mistakes: str = ""
    keep: bool | None = None  # for all its columns; False = its rows were events of one round
    rows_of: str = ""  # FOLLOWING: id of the free table whose rows these are
    named_by: str = ""  # FOLLOWING: the column of that table that names a row


@dataclass(frozen=True)
class FigureStrip:
    """Computed figures shown together on a page, by quantity id, each opening its trace."""

    quantities: tuple[str, ...]


@dataclass(frozen=True)
class ChartItem:
    """A chart of the page, by id; app.audit.charts knows how to build it. empty: said while there is too little for it."""

    chart: str
    title: str
    empty: str = ""


# Comparisons app.audit.measures can make a row of the table of measures from; causes.draft: app.measures.causes;
# results.level: the level before and after, shown as the report prints it.
MEASURES = ("voc.swap", "packaging.returnable", "causes.draft", "results.level")


@dataclass(frozen=True)
class MeasureItem:
    """What a page does about measures: a button that writes what a comparison came to, or what the measures came to."""

    measure: str  # one of MEASURES
    title: str


@dataclass(frozen=True)
class Card:
    """A titled group on a page: questions as rows, tables, figures or charts, in this order."""

    id: str
    title: str
    items: tuple["Question | TableQuestion | FigureStrip | ChartItem | MeasureItem", ...]
    note: str = ""
    condition: Condition | None = None
    keep: bool | None = None  # for all its items


@dataclass(frozen=True)
class Page:
    """One page of the guided audit. `title` says what the page does; `short` is its name in the stepper (「能源」).

    kind: "form" (cards) or the id of a designed page ("benchmark", "report").
    """

    id: str
    number: str  # A4
    short: str
    title: str
    subtitle: str
    kind: str = "form"
    cards: tuple[Card, ...] = ()
    why: str = ""
    how: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    mistakes: str = ""
    minutes: int = 10


@dataclass(frozen=True)
class Stage:
    id: str  # A … E
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Questionnaire:
    """A whole guided audit for one kind of firm. `fields` and `industry_codes` say whom it fits."""

    id: str
    title: str
    fields: tuple[str, ...]
    stages: tuple[Stage, ...]
    industry_codes: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """By id: hashing every question of the set would cost more than a whole scoring."""
        return hash(self.id)

    def pages(self) -> tuple[Page, ...]:
        return tuple(page for stage in self.stages for page in stage.pages)
