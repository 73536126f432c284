"""The open audit under another system, table or copy of the library: side by side first, taken over only when asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.assessment.editions import EditionComparison, compare_editions
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import IndicatorSystem, Table
from app.assessment.numbers import fraction_text
from app.audit.findings import findings_of, inputs_of
from app.audit.project import AuditProject
from app.audit.wording import short_title
from app.forms.answer import Answer, Change, Given, apply
from app.services.projects import Projects
from app.services.session import AuditSession, Saved
from app.standards.verification import differing_values
from app.storage.catalogue_store import Catalogue


@dataclass(frozen=True)
class Switch:
    """What another system would make of the audit. comparison: None when the audit has no system yet.

    changes: answers that would be taken over under their new names. carried, again: indicator ids of the new table that
    would have a value, and that somebody must answer; the rest is not applicable.
    """

    system: IndicatorSystem
    table: Table
    system_json: str
    comparison: EditionComparison | None
    changes: tuple[Change, ...]
    carried: tuple[str, ...]
    again: Mapping[str, str]


def switch_to(
    projects: Projects,
    session: AuditSession,
    catalogue: Catalogue,
    system_id: str,
    table_id: str,
) -> Switch:
    """Work out the audit under `system_id` of the library. The audit stays as it is. KeyError for an unknown id."""
    old, new = session.project, projects.under(session, system_id, table_id)
    assert new.system is not None
    table = new.system.table(table_id)
    text = catalogue.system_json(system_id)
    known = findings_of(new)
    if old.system is None:
        open_ids = {name: "还没填" for name, one in known.items() if isinstance(one, Missing)}
        carried = tuple(name for name, one in known.items() if isinstance(one, Measured | Reached))
        return Switch(new.system, table, text, None, (), carried, open_ids)
    comparison = compare_editions(
        (old.system, old.table_id),
        (new.system, table_id),
        findings_of(old),
        (inputs_of(old), inputs_of(new)),
        _same_rows(old.system.table(old.table_id), table),
        known,
    )
    changes, carried_ids, again = [], [], {}
    for pair in comparison.pairs:
        if not pair.new_id:
            continue
        finding = comparison.new.judgement(pair.new_id).finding
        if isinstance(finding, Missing):
            again[pair.new_id] = pair.ask_again or "原来也没填"
            continue
        if not isinstance(finding, NotApplicable):
            carried_ids.append(pair.new_id)
        answer = _as_answer(finding)
        key = new.indicator_key(pair.new_id)
        if isinstance(known.get(pair.new_id), Missing) and answer is not None:
            changes.append(Change(key, new.book.get(key), answer))
    return Switch(new.system, table, text, comparison, tuple(changes), tuple(carried_ids), again)


def take_over(session: AuditSession, switch: Switch) -> Saved:
    """Score by the other edition from now on, as one act. UserError when the audit is open for reading only."""
    label = f"改用 {switch.system.document_no} {switch.table.title}"
    return session.adopt(
        switch.system.id, switch.system_json, switch.table.id, label, switch.changes
    )


def take_checked(session: AuditSession, system_json: str) -> Saved:
    """Score by another copy of the same system (`newer_copy`), as one act. UserError when the audit is read-only."""
    project = session.project
    assert project.system is not None
    label = f"把核对结果用进案卷：{project.system.document_no}"
    return session.adopt(project.system.id, system_json, project.table_id, label)


def drop_system(session: AuditSession) -> Saved:
    """Score by no system from now on, as one act. UserError when the audit is open for reading only."""
    return session.drop_system("不用指标体系，只作自评参考")


def open_another(
    projects: Projects, session: AuditSession, switch: Switch, *, who: str = ""
) -> Path:
    """The audit again as a file of its own beside it, under the other edition; the open one stays as it is.

    The new file is on the list and not open. UserError when it cannot be written.
    """
    made = projects.create_audit(
        session.path.parent,
        f"{session.path.stem} 按{short_title(switch.system)}",
        apply(session.book, switch.changes),
        switch.system.id,
        switch.table.id,
        earlier=session.earlier,
        who=who,
    )
    made.close()
    return made.path


def export_comparison(switch: Switch, project: AuditProject, target: Path, *, today: date) -> None:
    """Both editions side by side as an Excel workbook. UserError when it cannot be written there."""
    from app.exchange.comparison_workbook import write_comparison  # openpyxl takes half a second

    system, comparison = project.system, switch.comparison
    assert system is not None
    assert comparison is not None
    write_comparison(
        target,
        comparison,
        (system, system.table(project.table_id)),
        (switch.system, switch.table),
        firm=project.book.text("firm.name"),
        base_year=str(project.base_year or ""),
        again=switch.again,
        today=today,
    )


def _same_rows(old: Table, new: Table) -> dict[str, str]:
    """new id -> old id: of the same id, else of the same name."""
    ids = {row.id for row in old.indicators()}
    names = {row.name: row.id for row in old.indicators()}
    return {
        row.id: row.id if row.id in ids else names[row.name]
        for row in new.indicators()
        if row.id in ids or row.name in names
    }


def _as_answer(finding: Finding) -> Answer | None:
    match finding:
        case Measured(value):
            return Given(fraction_text(value))
        case Reached(level, statement):
            return Given(level.code, note=statement)
        case NotApplicable():
            return finding
        case _:
            return None


def newer_copy(project: AuditProject, catalogue: Catalogue) -> tuple[str, tuple[str, ...]] | None:
    """(JSON, what counts differently) of the library's copy of the audit's system, None when it is the same text."""
    system = project.system
    if system is None or system.id not in {one.id for one in catalogue.systems()}:
        return None
    text = catalogue.system_json(system.id)
    if catalogue.system_hash(system.id) == project.system_hash:
        return None
    return text, differing_values(system, catalogue.system(system.id), project.table_id)
