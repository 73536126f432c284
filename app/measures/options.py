"""The library of measures: found by words, offered by the answers, made into a row of an audit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.assessment.indicator_system import Level
from app.assessment.result import Assessment
from app.audit.measures import TABLE
from app.audit.project import AuditProject
from app.forms.answer import Change, Given, RowsChange, cell_key
from app.forms.measure_data import LibraryOption, OfferRule, OptionLibrary
from app.measures.model import stream_of

THEMES = {
    "energy": "节能",
    "water": "节水",
    "materials": "节材",
    "voc": "VOC",
    "packaging": "包装",
    "management": "管理",
}


def find_options(
    options: Iterable[LibraryOption],
    query: str = "",
    *,
    theme: str = "",
    aspect: str = "",
    field: str = "",
) -> tuple[LibraryOption, ...]:
    """Every word must be in the title, its initials, the text, the sectors or the id; titles first."""
    words = query.casefold().split()
    found = []
    for order, one in enumerate(options):
        if (theme and one.theme != theme) or (aspect and one.aspect != aspect):
            continue
        if field and field not in one.fields:
            continue
        ranks = [_rank(one, word) for word in words]
        if None not in ranks:
            found.append((max((rank or 0 for rank in ranks), default=0), order, one))
    return tuple(one for _, _, one in sorted(found, key=lambda item: item[:2]))


def _rank(option: LibraryOption, word: str) -> int | None:
    if word in option.title.casefold() or word in option.id.casefold():
        return 0
    if word in option.initials:
        return 1
    if any(word in sector for sector in option.sectors) or word in THEMES.get(option.theme, ""):
        return 2
    return 3 if word in option.text.casefold() else None


@dataclass(frozen=True)
class Offered:
    """An option and why the answers speak for it."""

    option: LibraryOption
    whys: tuple[str, ...]


def offered(
    project: AuditProject,
    library: OptionLibrary,
    assessment: Assessment | None = None,
    target: Level | None = None,
) -> tuple[Offered, ...]:
    """What the rules offer for these answers, in the order of the rules, without what the audit has taken already."""
    taken = {
        project.book.text(cell_key(TABLE, row, "option")) for row in project.book.row_ids(TABLE)
    }
    names = {project.book.text(cell_key(TABLE, row, "name")) for row in project.book.row_ids(TABLE)}
    by_id = {one.id: one for one in library.options}
    whys: dict[str, list[str]] = {}
    for rule in library.offers:
        if _holds(rule, project, assessment, target):
            for option_id in rule.options:
                whys.setdefault(option_id, []).append(rule.why)
    fields = set(project.questionnaire.fields)
    return tuple(
        Offered(by_id[option_id], tuple(said))
        for option_id, said in whys.items()
        if option_id not in taken
        and by_id[option_id].title not in names
        and (not fields or fields & set(by_id[option_id].fields))
    )


def _holds(
    rule: OfferRule, project: AuditProject, assessment: Assessment | None, target: Level | None
) -> bool:
    if rule.words and not any(_has(project, place, words) for place, words in rule.words.items()):
        return False
    if rule.figure:
        if rule.figure not in project.derivation.quantities:
            return False
        value = project.derivation.figure(rule.figure).value
        if value is None:
            return False
        if (rule.above is not None and value <= rule.above) or (
            rule.below is not None and value >= rule.below
        ):
            return False
    if rule.short:
        if assessment is None or target is None:
            return False
        return any(
            one.indicator_id == rule.short and one.meets[target] is False
            for one in assessment.judgements
        )
    return True


def _has(project: AuditProject, place: str, words: tuple[str, ...]) -> bool:
    table_id, _, column = place.rpartition(".")
    if table_id not in project.index.tables:
        return False
    texts = (
        project.book.text(cell_key(table_id, row, column)) for row in project.book.row_ids(table_id)
    )
    return any(word in text for text in texts for word in words)


def cells_of(project: AuditProject, option: LibraryOption) -> Mapping[str, str]:
    """The row an option becomes (column -> answer text). Nothing of its reported effect is written: a saving has to be
    worked out from the firm's own numbers, those the bills know are named already."""
    cells = {
        "name": option.title,
        "aspect": option.aspect,
        "level": option.level,
        "option": option.id,
        "state": "idea",
    }
    if option.evidence:
        cells["evidence"] = "、".join(option.evidence)
    if option.formula and option.stream:
        stream = stream_of(project, option.stream)
        cells["formula"] = f"{stream.title}={option.formula}"
        quantities = project.derivation.quantities
        bound = [
            f"{variable}={quantities[quantity_id].title}"
            for variable, quantity_id in option.bind.items()
            if quantity_id in quantities
            and project.derivation.figure(quantity_id).value is not None
        ]
        if bound:
            cells["inputs"] = "；".join(bound)
    return cells


def row_changes(
    project: AuditProject, row_id: str, cells: Mapping[str, str]
) -> tuple[Change | RowsChange, ...]:
    """A new row of the table of measures, as one act. Columns this audit's table lacks are left out."""
    rows = project.book.row_ids(TABLE)
    known = {column.id for column in project.index.tables[TABLE].columns if not column.derived}
    changes: list[Change | RowsChange] = [RowsChange(TABLE, rows, (*rows, row_id))]
    for column, text in cells.items():
        if text and column in known:
            key = cell_key(TABLE, row_id, column)
            changes.append(Change(key, project.book.get(key), Given(text)))
    return tuple(changes)


def idea_cells(project: AuditProject, aspect: str) -> tuple[Mapping[str, str], ...]:
    """The ideas written to one of the eight aspects, parted by semicolons or lines, each as a row."""
    text = project.book.text(cell_key("causes.aspects", aspect, "idea"))
    parts = (one.strip().rstrip("。") for one in _PARTS.split(text))
    return tuple({"name": one, "aspect": aspect, "state": "idea"} for one in parts if one)


_PARTS = re.compile(r"[；;\n]+")
