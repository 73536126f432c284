"""From a folder of bills to a filled year: one plan that shows everything, one act, one undo.

Nothing is decided here in silence: what a bill says goes where the plan says; what is in doubt is only kept or filled when the
user says so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from app.assessment.numbers import number_text
from app.audit.evidence import Paper, Proof, group_of, joined
from app.audit.project import AuditProject
from app.bills.layouts import layout
from app.bills.other_papers import is_paper
from app.bills.page import Place
from app.bills.reading import Reading, State
from app.bills.together import judge, same_name
from app.errors import Problem, UserError
from app.forms.answer import Change, Given, RowsChange, cell_key
from app.forms.question_index import row_ids, row_label
from app.services import evidence
from app.services.bill_reading import FolderReading, read_folder
from app.services.session import AuditSession


class Choice(StrEnum):
    """What becomes of a bill: its figures are filled and it is kept; it is only kept; nothing."""

    FILL = "fill"
    KEEP = "keep"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Target:
    """One cell a bill fills. now: what stands there, "" = nothing. place: where the bill says it."""

    key: str
    title: str
    text: str
    now: str
    place: Place | None

    @property
    def differs(self) -> bool:
        return bool(self.now) and self.now != self.text


@dataclass(frozen=True)
class PlanRow:
    """One reading with what it is, where it goes, and what is proposed. choices: those that make sense."""

    path: Path
    reading: Reading
    title: str
    goes: str
    targets: tuple[Target, ...]
    choice: Choice
    choices: tuple[Choice, ...]
    note: str

    @property
    def amount(self) -> str:
        return "" if self.reading.quantity is None else _grouped(self.reading)

    @property
    def money(self) -> str:
        return "" if self.reading.money is None else f"{self.reading.money:,.2f}"

    @property
    def checks(self) -> str:
        """「16 项对上」, 「1 项对不上」."""
        failed = len(self.reading.failed)
        if failed:
            return f"{failed} 项对不上"
        passed = len(self.reading.checks)
        return f"{passed} 项对上" if passed else ""


def _grouped(reading: Reading) -> str:
    assert reading.quantity is not None
    whole, _, rest = number_text(Fraction(reading.quantity)).partition(".")
    return f"{int(whole):,}{'.' + rest if rest else ''} {reading.unit}".strip()


def read_for(
    session: AuditSession,
    paths: Sequence[Path],
    *,
    pictures: bool = True,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> FolderReading:
    """Read files for this audit: its firm is the buyer, its three years are wanted. May run on any thread."""
    project = session.project
    return read_folder(
        paths,
        buyer=project.book.text("firm.name"),
        years=_years(project),
        pictures=pictures,
        progress=progress,
        cancelled=cancelled,
    )


def _years(project: AuditProject) -> set[int]:
    """The years of the tables bills go to."""
    months = _months(project, "energy.bills") or _months(project, "water.bills")
    return {int(month[:4]) for month in months}


def usual_buyer(project: AuditProject, found: FolderReading) -> str:
    """The buyer more than half of the bills name, where it is not written as the audit's firm is: the user may say that it
    is the same firm. "" when there is nothing to ask."""
    names = Counter(one.buyer for one in found.readings if one.carrier and one.buyer)
    if not names:
        return ""
    name, count = names.most_common(1)[0]
    firm = project.book.text("firm.name")
    if not firm or same_name(name, firm) or count * 2 <= names.total():
        return ""
    return name


def for_buyer(project: AuditProject, found: FolderReading, buyer: str) -> FolderReading:
    """The same bills judged as those of `buyer`."""
    judged = judge(found.readings, buyer=buyer, years=_years(project))
    return replace(found, readings=tuple(judged))


def _months(project: AuditProject, table_id: str) -> tuple[str, ...]:
    table = project.index.tables.get(table_id)
    if table is None:
        return ()
    return row_ids(table, project.book, project.derivation.base_year)


_KINDS = {"electricity": "电费", "water": "水费", "gas": "气费", "steam": "蒸汽", "heat": "热力"}


def plan(project: AuditProject, found: FolderReading) -> tuple[PlanRow, ...]:
    """Everything that was read, in the order of kinds and months; what counts first."""
    rows = [
        _row(project, path, reading)
        for path, reading in zip(found.paths, found.readings, strict=True)
    ]
    counted = {key for row in rows if row.choice is Choice.FILL for key in _keys(row)}
    rows = [
        replace(row, choice=Choice.NOTHING)
        if row.choice is Choice.KEEP and row.reading.carrier and not counted & _keys(row)
        else row
        for row in rows
    ]
    order = {State.READ: 0, State.ASK: 1, State.LEFT_OUT: 2}
    kinds = list(_KINDS)
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                order[row.reading.state],
                kinds.index(row.reading.kind) if row.reading.kind in kinds else len(kinds),
                row.reading.month,
                row.reading.file,
            ),
        )
    )


def _row(project: AuditProject, path: Path, reading: Reading) -> PlanRow:
    targets, goes, note = _targets(project, reading)
    if is_paper(reading.document):
        return _paper_row(project, path, reading)
    said = [part for part in (reading.why, note) if part]
    differing = [target for target in targets if target.differs]
    if differing:
        said.append(
            "；".join(f"{one.title}表里已有 {one.now}，单上是 {one.text}" for one in differing)
        )
    choices = [Choice.FILL] if targets else []
    choices += [Choice.KEEP, Choice.NOTHING]
    if reading.state is State.READ and targets and not differing:
        choice = Choice.FILL
    elif reading.state is State.LEFT_OUT and targets and reading.repeats:
        choice = Choice.KEEP
        choices.remove(Choice.FILL)
    else:
        choice = Choice.NOTHING
    if reading.state is State.LEFT_OUT and Choice.FILL in choices:
        choices.remove(Choice.FILL)
    return PlanRow(
        path, reading, _title(reading), goes, targets, choice, tuple(choices), "；".join(said)
    )


def _keys(row: PlanRow) -> set[str]:
    return {target.key for target in row.targets}


def _paper_row(project: AuditProject, path: Path, reading: Reading) -> PlanRow:
    """A paper that is no bill: kept; the fields of a licence fill what is empty when the user says so."""
    entry = next(one for one in layout("papers")["papers"] if one["kind"] == reading.document)
    targets = []
    for name, text in reading.facts:
        key = entry.get("goes", {}).get(name, "")
        if key in project.index.places:
            question = project.index.places[key].question
            now = project.book.text(key)
            targets.append(
                Target(key, question.short or question.title, text, now, reading.places.get(name))
            )
    facts = "；".join(f"{name} {text}" for name, text in reading.facts)
    rows = f"表里 {len(reading.table) - 1} 行" if reading.table else ""
    differing = "；".join(
        f"{one.title}已填 {one.now}，证上是 {one.text}" for one in targets if one.differs
    )
    note = "；".join(part for part in (reading.why, facts, rows, differing) if part)
    choices = ((Choice.FILL,) if targets else ()) + (Choice.KEEP, Choice.NOTHING)
    choice = Choice.NOTHING if reading.state is State.ASK else Choice.KEEP
    goes = f"证据册：{entry['group']}"
    return PlanRow(path, reading, _title(reading), goes, tuple(targets), choice, choices, note)


def _title(reading: Reading) -> str:
    kind = _KINDS.get(reading.kind, "")
    if reading.document == "notice":
        what = "电费通知单"
    elif reading.document == "invoice":
        what = f"{kind or (reading.what.rpartition('*')[2] if reading.what else '')}发票"
    elif is_paper(reading.document):
        return f"{reading.what} {Path(reading.file).stem}"
    else:
        return Path(reading.file).stem
    month = ""
    if reading.month:
        year, number = reading.month.split("-")
        month = f"{year} 年 {int(number)} 月"
    return f"{month}{what}"


def _targets(project: AuditProject, reading: Reading) -> tuple[tuple[Target, ...], str, str]:
    """(cells, where in words, what else is to be said)."""
    data = layout("kinds")
    goes = data["goes"].get(reading.carrier)
    if goes is None:
        return (), "", data["elsewhere"].get(reading.carrier, "")
    table = project.index.tables.get(goes["table"])
    if table is None:
        return (), "", "这份问卷没有对应的账单表"
    if not reading.month or reading.quantity is None:
        return (), "", ""
    if reading.month not in row_ids(table, project.book, project.derivation.base_year):
        return (), "", f"表里没有 {reading.month} 这一行"
    columns = {column.id: column for column in table.columns}
    texts = {
        "quantity": number_text(Fraction(reading.quantity)),
        "money": "" if reading.money is None else number_text(Fraction(reading.money)),
        "period": _period(reading),
    }
    targets = []
    for name, text in texts.items():
        column = columns.get(goes.get(name, ""))
        if column is None or not text:
            continue
        key = cell_key(table.id, reading.month, column.id)
        answer = project.book.get(key)
        now = answer.text if isinstance(answer, Given) else ""
        place = reading.places.get("start" if name == "period" else name)
        targets.append(Target(key, column.short or column.title, text, now, place))
    where = f"{table.title} {row_label(table, reading.month, project.book)}"
    return tuple(targets), where, ""


def _period(reading: Reading) -> str:
    """「1/26–2/25」 where the bill does not run over the calendar month, "" where it does or does not say."""
    first, last = reading.start, reading.end
    if first is None or last is None:
        return ""
    next_day = last + timedelta(days=1)
    if first.day == 1 and (next_day.day == 1 or last.day == 1) and (last - first).days < 32:
        return ""
    return f"{first.month}/{first.day}–{last.month}/{last.day}"


# --- the act ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """What the act did."""

    cells: int
    papers: int
    label: str


def fill(session: AuditSession, rows: Iterable[PlanRow]) -> Filled:
    """Fill and keep what the rows choose: one act. Several bills of one month and kind are added up.

    UserError when a file can no longer be read or the audit cannot be written; nothing is changed then.
    """
    chosen = [row for row in rows if row.choice is not Choice.NOTHING]
    texts = filled_texts(chosen)
    papers: dict[Path, tuple[str, str]] = {}
    new = []
    problems: list[Problem] = []
    for path in dict.fromkeys(row.path for row in chosen):
        try:
            paper = evidence.read_paper(path)
        except UserError as error:
            problems += error.problems
            continue
        papers[path] = (paper.sha256, paper.name)
        new.append(paper)
    if problems:
        raise UserError(*problems)
    if new:
        session.keep_papers(new)
    by_hash: dict[str, Paper] = {}
    for row in chosen:
        digest, name = papers[row.path]
        by_hash[digest] = joined(by_hash.get(digest), _paper(row, digest, name, texts))
    cells = [Change(key, session.book.get(key), Given(text)) for key, text in texts.items()]
    label = f"读入单据：{len(texts)} 格、{len(by_hash)} 份凭证"
    changes: list[Change | RowsChange] = [
        *cells,
        *evidence.paper_changes(session, by_hash.values()),
    ]
    session.record(changes, label)
    return Filled(len(texts), len(by_hash), label)


def _paper(row: PlanRow, digest: str, name: str, texts: Mapping[str, str]) -> Paper:
    """A bill that is only kept proves the figures that stand as it says them, not the others."""
    targets = [
        target
        for target in row.targets
        if row.choice is Choice.FILL or texts.get(target.key, target.now) == target.text
    ]
    proves = tuple(
        Proof(
            target.key,
            0 if target.place is None else target.place.page,
            None
            if target.place is None
            else (target.place.left, target.place.top, target.place.right, target.place.bottom),
        )
        for target in targets
    )
    group = group_of(target.key for target in row.targets)
    return Paper(digest, row.title, name, group, row.reading.month, proves)


def filled_texts(rows: Iterable[PlanRow]) -> Mapping[str, str]:
    """Answer key -> text of every cell that is filled; bills of one cell are added up."""
    sums: dict[str, Fraction] = {}
    texts: dict[str, str] = {}
    for row in rows:
        if row.choice is not Choice.FILL:
            continue
        for target in row.targets:
            if row.reading.carrier and _is_number(target.text):
                sums[target.key] = sums.get(target.key, Fraction(0)) + Fraction(target.text)
                texts[target.key] = number_text(sums[target.key])
            else:
                texts.setdefault(target.key, target.text)
    return texts


def _is_number(text: str) -> bool:
    return "/" not in text and "–" not in text


def with_choice(row: PlanRow, choice: Choice) -> PlanRow:
    """The same row chosen otherwise; ValueError for a choice that makes no sense for it."""
    if choice not in row.choices:
        raise ValueError(choice)
    return replace(row, choice=choice)
