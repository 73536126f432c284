"""What a comparison came to, as a row of the table of measures: made once, brought up to date later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.audit.project import AuditProject
from app.forms.answer import Answer, Change, Given, RowsChange, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Worked
from app.forms.question import TableQuestion

TABLE = "measures.list"


@dataclass(frozen=True)
class Draft:
    """A row: its id, what it is called at first, and what is worked out anew each time (column -> answer text).
    missing: keys of answers the comparison still needs; then there is nothing to write."""

    row_id: str
    name: str
    fixed: Mapping[str, str]
    worked: Mapping[str, str]
    missing: tuple[str, ...] = ()


def draft(project: AuditProject, measure: str) -> Draft:
    """The row a comparison makes. measure: one of app.forms.question.MEASURES; KeyError for another."""
    return _DRAFTS[measure](project)


def is_written(project: AuditProject, row: Draft) -> bool:
    """True when the row is in the table already."""
    return row.row_id in project.book.row_ids(TABLE)


def changes(project: AuditProject, row: Draft) -> tuple[Change | RowsChange, ...]:
    """What has to change for the row to say what the comparison says now: nothing when it does. The user's own cells
    and a name that was reworded stay."""
    book = project.book
    rows = book.row_ids(TABLE)
    result: list[Change | RowsChange] = []
    wanted = dict(row.worked)
    if row.row_id not in rows:
        result.append(RowsChange(TABLE, rows, (*rows, row.row_id)))
        wanted.update({"name": row.name, **row.fixed})
    for column, text in wanted.items():
        key = cell_key(TABLE, row.row_id, column)
        before = book.get(key)
        if not (isinstance(before, Given) and before.text == text):
            result.append(Change(key, before, Given(text)))
    return tuple(result)


def _plain(value: Fraction, places: int) -> str:
    """A figure as an answer: two decimals as the page shows them."""
    return display(value, places).replace(",", "").replace("−", "-")


def _is_open(answer: Answer) -> bool:
    return isinstance(answer, Missing) or (isinstance(answer, Given) and not answer.text)


def _substitution(project: AuditProject) -> Draft:
    """Less VOC, money and investment of a substitute; the investment may stay open."""
    book, derivation = project.book, project.derivation
    now, new = (book.text(f"voc.swap_{side}_name").strip() for side in ("now", "new"))
    name = f"{now or '现用物料'}换成{new or '替代物料'}"
    figures = {
        name: derivation.figure(f"voc.swap_{name}")
        for name in ("cut", "cut_share", "now_air", "new_air", "saving")
    }
    missing = tuple(dict.fromkeys(key for one in figures.values() for key in one.missing))
    values = {name: figure.value for name, figure in figures.items()}
    cut, share, saving = values["cut"], values["cut_share"], values["saving"]
    before, after = values["now_air"], values["new_air"]
    if cut is None or share is None or saving is None or before is None or after is None:
        return Draft("voc_swap", name, {}, {}, missing or ("voc.swap",))
    worked = {
        "effect": f"VOC 少产生 {display(cut, 0)} kg/a（{display(share, 1)} %），"
        f"少排 {display(before - after, 0)} kg/a",
        "saving": _plain(saving, 2),
    }
    cost = book.get("voc.swap_invest")
    if not _is_open(cost):
        worked["cost"] = cost.text if isinstance(cost, Given) else "0"
    return Draft("voc_swap", name, {"aspect": "materials_energy"}, worked)


def _returnable(project: AuditProject) -> Draft:
    """After how many trips a returnable box has paid for itself, and what a trip saves from then on."""
    figure = project.derivation.figure("packaging.break_even")
    name = "一次性包装换成周转箱"
    one_way, back = (
        project.book.text(f"packaging.{key}") for key in ("one_way_cost", "return_cost")
    )
    if figure.missing or not one_way or not back:
        return Draft("returnable", name, {}, {}, figure.missing or ("packaging.box_price",))
    if figure.value is None:
        effect = f"{figure.words}：回程和清洗不比一次性包装便宜"
    else:
        saved = Fraction(one_way) - Fraction(back)
        effect = f"周转箱用 {display(figure.value, 1)} 次回本，以后每次省 {brief(saved)} 元"
    return Draft("returnable", name, {"aspect": "materials_energy"}, {"effect": effect})


_DRAFTS: Mapping[str, Callable[[AuditProject], Draft]] = {
    "voc.swap": _substitution,
    "packaging.returnable": _returnable,
}


def payback(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Years until a measure has paid for itself: investment ÷ saving of a year."""
    if table is None:
        return Worked()
    keys = [cell_key(table.id, row_id, column) for column in ("cost", "saving")]
    answers = [derivation.book.get(key) for key in keys]
    missing = tuple(key for key, answer in zip(keys, answers, strict=True) if _is_open(answer))
    if missing:
        return Worked(missing=missing)
    cost, saving = (
        Fraction(0) if isinstance(answer, NotApplicable) else Fraction(derivation.book.text(key))
        for key, answer in zip(keys, answers, strict=True)
    )
    if saving <= 0:
        return Worked(not_applicable="不省钱，没有偿还期")
    children = tuple(
        Trace(title, value, "万元", key=key)
        for title, value, key in zip(("投资", "一年省"), (cost, saving), keys, strict=True)
    )
    return Worked(
        value=cost / saving, formula=f"{brief(cost)} ÷ {brief(saving)}", children=children
    )
