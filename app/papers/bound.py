"""Free text with bound figures: 「{全年取水}」 is printed as the figure of that name with its unit and changes with the data.

A name is a quantity, a question (by id, title or the short word of its page), or one of `_SAID` (方案数, 审核前等级 …).
「{全年取水@2023}」 is the figure of a year, 「{全年取水：变化}」 how much the last year is above the first, in percent.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from app.assessment.finding import Missing
from app.assessment.result import Assessment
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.audit.wording import level_name
from app.forms.figure import Figure
from app.forms.question import Question, QuestionKind
from app.measures.model import measures_of
from app.measures.results import afterwards, performance, printed_sum
from app.papers.answers import computed_cell, fact_of, figure_key, formal
from app.papers.document import Amount, Inline, Open, Runs

_BOUND = re.compile(r"\{([^{}\n]{1,40})\}")
_CHANGE = "：变化"


def bound_runs(project: AuditProject, text: str) -> Runs:
    """The text with its figures; what names nothing stands as 未填, which keeps a 送审稿 back."""
    runs: list[Inline] = []
    end = 0
    for found in _BOUND.finditer(text):
        runs.append(text[end : found.start()])
        said = bound(project, found[1].strip())
        runs += (Open(f"没有「{found[1].strip()}」这个数"),) if said is None else said
        end = found.end()
    return (*runs, text[end:])


def names_in(text: str) -> Iterator[str]:
    """The names a text binds, in order."""
    for found in _BOUND.finditer(text):
        yield found[1].strip()


def bound(project: AuditProject, name: str) -> Runs | None:
    """What a name stands for, with its unit; an Open where it is known but not answered; None for no name at all."""
    if name in _SAID:
        return _SAID[name](project)
    if name.endswith(_CHANGE):
        return _change(project, name.removesuffix(_CHANGE))
    plain, _, year = name.partition("@")
    quantity = _quantity(project, plain)
    if quantity is not None:
        figure = project.derivation.figure(quantity)
        if year:
            if not year.isdigit() or int(year) not in project.years:
                return None
            figure = project.derivation.figure(quantity, int(year))
        cell = computed_cell(figure, figure_key(project, figure, int(year)) if year else "")
        return (cell, f" {figure.unit}") if figure.unit else (cell,)
    question = None if year else _question(project, plain)
    if question is None:
        return None
    answer = project.book.get(question.id)
    if isinstance(answer, Missing):
        return (Open(key=question.id),)
    return fact_of(project, question)


def _quantity(project: AuditProject, name: str) -> str | None:
    """The id of a quantity that is no column of a table, by id or by title as the screen or the paper says it."""
    of_rows = {
        column.derived for table in project.index.tables.values() for column in table.columns
    }
    for quantity_id, quantity in project.derivation.quantities.items():
        if quantity_id in of_rows:
            continue
        if name in (quantity_id, quantity.title, formal(quantity.title)):
            return quantity_id
    return None


def _question(project: AuditProject, name: str) -> Question | None:
    """A question outside tables that is answered in a few words."""
    for key, place in project.index.places.items():
        question = place.question
        if question.id != key or question.kind is QuestionKind.LONG_TEXT:
            continue
        words = (key, question.short, formal(question.short), formal(question.title))
        if name in words:
            return question
    return None


def _change(project: AuditProject, name: str) -> Runs | None:
    quantity = _quantity(project, name)
    if quantity is None or len(project.years) < 2:
        return None
    ends: list[Figure] = [
        project.derivation.figure(quantity, year) for year in (project.years[0], project.years[-1])
    ]
    first, last = ends[0].value, ends[-1].value
    if not first or last is None:
        return (Open(key=quantity),)
    change = Amount((last - first) * 100 / first, 1, "%", f"{quantity}/change", signed=True)
    return (change, "%")


# ------------------------------------------------------------------ names of results


def _count(value: int, unit: str, key: str) -> Runs:
    return (Amount(Fraction(value), 0, unit, key), f" {unit}")


def _level(project: AuditProject, *, after: bool) -> Runs:
    if project.system is None:
        return (Open("不评定等级"),)
    found: Assessment | None
    if after:
        later = afterwards(project)
        found = later.assessment if later.counted else None
    else:
        found = assess_project(project)
    if found is None or found.level is None:
        return (Open("等级未定"),)
    name = f"（{found.level_name}）" if found.level_name else ""
    return (f"{level_name(found.level)}{name}",)


def _sum(project: AuditProject, column: str, unit: str) -> Runs:
    whole = printed_sum(performance(project), column)
    if whole is None:
        return (Open(key=f"performance/{column}"),)
    return (Amount(whole, 2, unit, f"performance/{column}"), f" {unit}")


def _targets(project: AuditProject, *, done: bool) -> Runs:
    rows = project.book.row_ids("targets.list")
    if not done:
        return _count(len(rows), "项", "targets/count")
    if "targets.done" not in project.index.tables:
        return (Open(),)
    rates = [project.derivation.cell("targets.done", row, "rate").value for row in rows]
    if all(rate is None for rate in rates):
        return (Open(),)
    return _count(sum(rate is not None and rate >= 100 for rate in rates), "项", "targets/done")


def _head(project: AuditProject) -> Runs:
    book = project.book
    for row in book.row_ids("team.members"):
        if book.text(f"team.members/{row}/role") == "head":
            name = book.text(f"team.members/{row}/name").strip()
            if name:
                return (name,)
    return (Open(key="team.members"),)


def _first_focus(project: AuditProject) -> Runs:
    """The sum of the focus that was chosen, where it is the best of the candidates."""
    book = project.book
    table = "focus.candidates"
    if table not in project.index.tables:
        return (Open(),)
    totals = {
        row: project.derivation.cell(table, row, "total").value for row in book.row_ids(table)
    }
    chosen = book.text("focus.chosen").strip()
    for row, total in totals.items():
        is_best = total is not None and all(one is None or one <= total for one in totals.values())
        if total is not None and is_best and book.text(f"{table}/{row}/name").strip() == chosen:
            return (Amount(total, 0, "分", f"{table}/{row}/total"), " 分")
    return (Open(key="focus.chosen"),)


_SAID: dict[str, Callable[[AuditProject], Runs]] = {
    "基准年": lambda project: (str(project.base_year),) if project.base_year else (Open(),),
    "起始年": lambda project: (str(project.years[0]),) if project.years else (Open(),),
    "审核组长": _head,
    "小组人数": lambda p: _count(len(p.book.row_ids("team.members")), "人", "team/count"),
    "培训次数": lambda p: _count(len(p.book.row_ids("team.training")), "次", "team/training"),
    "备选重点数": lambda p: _count(len(p.book.row_ids("focus.candidates")), "处", "focus/count"),
    "审核重点得分": _first_focus,
    "方案数": lambda p: _count(len(measures_of(p)), "项", "measures/count"),
    "列入实施方案数": lambda p: _count(len(performance(p).rows), "项", "performance/count"),
    "已完成方案数": lambda p: _count(
        len(performance(p, only_done=True).rows), "项", "performance/done"
    ),
    "方案投资": lambda project: _sum(project, "cost", "万元"),
    "方案效益": lambda project: _sum(project, "saving", "万元/a"),
    "目标数": lambda project: _targets(project, done=False),
    "完成目标数": lambda project: _targets(project, done=True),
    "审核前等级": lambda project: _level(project, after=False),
    "审核后等级": lambda project: _level(project, after=True),
}
