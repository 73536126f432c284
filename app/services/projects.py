"""Audits as documents: create, open, list, sample. The list is a small file of summaries, so that it shows at once."""

import json
import logging
import os
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from app import paths
from app.assessment.indicator_system import IndicatorSystem, Level
from app.assessment.result import Assessment
from app.audit.duty import KIND
from app.audit.findings import assess_project
from app.audit.front_door import LIST_DATE, months_later, questionnaire_for
from app.audit.next_round import Earlier, earlier_of, earlier_to_text, last_base_year, next_round
from app.audit.progress import progress
from app.audit.project import AuditProject, build_project
from app.audit.rules import rules_of
from app.errors import Problem, UserError
from app.forms.answer import AnswerBook, Given
from app.forms.sample import SampleAudit
from app.services.tables import TABLE_KEY, table_of
from app.standards.system_json import system_from_json
from app.storage.catalogue_store import Catalogue

if TYPE_CHECKING:
    # Imported where they are used: SQLAlchemy comes with them, and the list of audits shows without it.
    from app.services.session import AuditSession, Builders
    from app.storage.audit_file import FrozenSystem
    from app.storage.backups import Backup

_LOG = logging.getLogger(__name__)
SYSTEM_KEY = "audit.system"
SUFFIX = ".cpaudit"
SAMPLE = "chengling"
PRINTER = "huichuan"
FRONT_DOOR = "front_door"
_GONE = "文件不在原来的地方了：移走了就点「打开」重新找到它，或用备份恢复"
# A mandatory audit is to be completed within a year of the list (the rule and its source: resources/front_door.yaml).
_MONTHS_TO_COMPLETE = 12
# Not the time of the day, so that two samples hold the same.
_SAMPLE_TIME = datetime(2026, 11, 20, 14, 3, 22, tzinfo=timezone(timedelta(hours=8)))
_FORBIDDEN_IN_NAMES = '\\/:*?"<>|\n\t'


@dataclass(frozen=True)
class AuditSummary:
    """One line of the list, as the audit was when it was last closed.

    stages: (letter, share done 0..1). rated: a level system is chosen; level None = 未定. trouble: why the file cannot be
    opened, "" when it can.
    """

    path: Path
    name: str
    place: str = ""
    industry: str = ""
    kind: str = ""
    stages: tuple[tuple[str, float], ...] = ()
    done: float = 0.0
    rated: bool = False
    level: Level | None = None
    deadline: date | None = None
    opened: datetime | None = None
    minutes: int = 0
    trouble: str = ""
    system_id: str = ""

    @property
    def current_stage(self) -> str:
        """The first stage that is not complete, "" when all are."""
        return next((letter for letter, share in self.stages if share < 1), "")

    def days_left(self, today: date) -> int | None:
        return None if self.deadline is None else (self.deadline - today).days


class Projects:
    """The audits of this user. All file work of sessions runs on `executor` (one worker)."""

    def __init__(
        self, catalogue: Catalogue, executor: Executor, clock: Callable[[], datetime]
    ) -> None:
        self._catalogue = catalogue
        self._executor = executor
        self._clock = clock

    # -- opening and creating

    def open_audit(self, path: Path, *, who: str = "") -> "AuditSession":
        """The audit in a file, ready to work on. UserError when it cannot be opened."""
        from app.services.session import AuditSession
        from app.storage import audit_file

        file = audit_file.open_file(path)
        try:
            questionnaire = file.meta["questionnaire"]
            session = AuditSession(
                file,
                self._builders(questionnaire),
                executor=self._executor,
                clock=self._clock,
                who=who or "本机用户",
            )
        except BaseException:
            file.close()
            raise
        self.remember(session)
        return session

    def create_audit(
        self,
        folder: Path,
        name: str,
        answers: AnswerBook,
        system_id: str = "",
        table_id: str = "",
        *,
        earlier: Earlier | None = None,
        who: str = "",
    ) -> "AuditSession":
        """A new audit file 「<name>.cpaudit」 in `folder` with first answers, opened; a number is added to a taken name.

        earlier: the round before, which the file keeps. UserError when it cannot be written.
        """
        path = _free_path(folder, name)
        self._create(
            path,
            answers,
            system_id,
            table_id,
            who or "本机用户",
            self._clock(),
            uuid.uuid4().hex,
            earlier,
        )
        return self.open_audit(path, who=who)

    def load(self, path: Path) -> tuple[AuditProject, Assessment | None]:
        """What is in an audit file, to print or score: the file is only read, not held, and not put on the list.

        UserError when it cannot be opened.
        """
        from app.storage.audit_reader import read_audit

        stored = read_audit(path)
        builders = self._builders(stored.meta["questionnaire"])
        project = builders.project(stored.book, stored.system)
        return project, builders.assess(project)

    def under(self, session: "AuditSession", system_id: str, table_id: str) -> AuditProject:
        """The open audit as it would be under another system or copy of the library. Nothing of it is kept."""
        chosen = {SYSTEM_KEY: Given(system_id), TABLE_KEY: Given(table_id)}
        book = AnswerBook({**session.book.answers, **chosen}, session.book.rows)
        return self._builders(session.questionnaire_id).project(book, self._frozen(system_id))

    def read_earlier(self, path: Path) -> AnswerBook:
        """The answers of an audit whose next round is begun. UserError when it cannot be read or its base year is open."""
        from app.storage.audit_reader import read_audit

        stored = read_audit(path)
        # Says so when this program lacks the question set.
        self._builders(stored.meta["questionnaire"])
        last_base_year(stored.book)
        return stored.book

    def carry_over(
        self, last: AnswerBook, questionnaire_id: str, base_year: int | None = None
    ) -> tuple[AnswerBook, Earlier]:
        """The answers the next round begins with, and what its file keeps of the last one (app.audit.next_round).

        A system that is no longer in the library is to be chosen anew, and so are tables it no longer has. UserError when base_year is not later.
        """
        catalogue = self._catalogue
        system_id = last.text(SYSTEM_KEY)
        is_here = system_id in {one.id for one in catalogue.systems()}
        system = catalogue.system(system_id) if is_here else None
        book = next_round(
            last,
            catalogue.questionnaire(questionnaire_id),
            catalogue.questionnaire(FRONT_DOOR),
            base_year,
            [one.id for one in system.variables] if system is not None else [],
        )
        gone: tuple[str, ...] = ()
        if system is None:
            gone = (SYSTEM_KEY, TABLE_KEY)
        else:
            try:
                table_of(book, system)
            except UserError:  # the library's copy has other tables by now
                gone = (TABLE_KEY,)
        book = AnswerBook({k: v for k, v in book.answers.items() if k not in gone}, book.rows)
        return book, earlier_of(last, book)

    def backups(self, path: Path) -> tuple["Backup", ...]:
        """The checked backups of an audit file, latest first; also when the file is damaged or gone."""
        from app.storage import backups

        return backups.backups_of(path)

    def restore(self, path: Path, backup: Path | None = None) -> Path:
        """Put a backup of an audit file (the latest, if none is named) beside it, under a name of its own; the new file.

        UserError when there is none, or it cannot be written.
        """
        from app.storage import backups

        if backup is not None:
            return backups.restore_as_copy(backup, path)
        kept = backups.backups_of(path)
        if not kept:
            raise UserError(
                Problem(
                    path.name, "这台电脑上没有它的备份。", "到打开过它的电脑上找，或者找别的副本。"
                )
            )
        return backups.restore_as_copy(kept[0].path, path)

    def sample(self, directory: Path) -> tuple[Path, Path]:
        """The sample audit in `directory` in two states: two answers missing, and complete before measures.

        Files that are there already are left as they are.
        """
        sample = self._catalogue.sample(SAMPLE)
        first = directory / f"{sample.name} 还差两项{SUFFIX}"
        second = directory / f"{sample.name} 审核前{SUFFIX}"
        self._write_sample(first, sample, sample.incomplete())
        self._write_sample(second, sample, sample.book)
        return first, second

    def printer_sample(self, directory: Path) -> Path:
        """The second sample in `directory`: a printing works no system fits, with VOC, packaging and materials."""
        sample = self._catalogue.sample(PRINTER)
        path = directory / f"{sample.name}{SUFFIX}"
        self._write_sample(path, sample, sample.book)
        return path

    def _write_sample(self, path: Path, sample: SampleAudit, book: AnswerBook) -> None:
        if not path.exists():
            audit_id = uuid.uuid5(uuid.NAMESPACE_DNS, path.name).hex
            self._create(
                path, book, sample.system_id, sample.table_id, "示例", _SAMPLE_TIME, audit_id
            )

    def _create(
        self,
        path: Path,
        answers: AnswerBook,
        system_id: str,
        table_id: str,
        who: str,
        when: datetime,
        audit_id: str,
        earlier: Earlier | None = None,
    ) -> None:
        from app.services.session import EARLIER_META
        from app.storage import audit_file, database

        meta = {"audit_id": audit_id, "questionnaire": questionnaire_for(answers)}
        if earlier is not None:
            meta[EARLIER_META] = earlier_to_text(earlier)
        book = answers
        if system_id:
            chosen = {SYSTEM_KEY: Given(system_id), TABLE_KEY: Given(table_id)}
            book = AnswerBook({**answers.answers, **chosen}, answers.rows)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise database.os_problem(error, path, "文件夹建不了") from None
        audit_file.create(
            path,
            answers=book,
            system=self._frozen(system_id) if system_id else None,
            meta=meta,
            who=who,
            when=when,
        ).close()

    def _frozen(self, system_id: str) -> "FrozenSystem":
        from app.storage.audit_file import FrozenSystem

        return FrozenSystem(system_id, self._catalogue.system_json(system_id))

    def _builders(self, questionnaire_id: str) -> "Builders":
        from app.services.session import Builders

        catalogue = self._catalogue
        try:
            questionnaire = catalogue.questionnaire(questionnaire_id)
        except KeyError:
            what = f"案卷的问题集「{questionnaire_id}」这个程序里没有。"
            raise UserError(Problem("", what, "装上新版清审通再打开；案卷没有改动。")) from None
        quantities, factors = catalogue.quantities(), catalogue.factors()
        rules = rules_of(catalogue.reference())
        parsed: dict[str, tuple[IndicatorSystem, str]] = {}

        def build(book: AnswerBook, frozen: "FrozenSystem | None") -> AuditProject:
            if frozen is None:
                return build_project(book, questionnaire, quantities, factors, rules=rules)
            if frozen.json not in parsed:
                parsed.clear()
                parsed[frozen.json] = (system_from_json(frozen.json), frozen.hash)
            system, digest = parsed[frozen.json]
            return build_project(
                book,
                questionnaire,
                quantities,
                factors,
                system=system,
                system_hash=digest,
                table_id=table_of(book, system),
                derivation_map=catalogue.derivations(system.id),
                rules=rules,
            )

        def assess(project: AuditProject) -> Assessment | None:
            return assess_project(project) if project.system is not None else None

        return Builders(build, assess, self._frozen)

    # -- the list

    def summaries(self) -> tuple[AuditSummary, ...]:
        """Every audit opened here, latest first; a file that is gone stays in the list and says so."""
        return tuple(
            entry if entry.path.is_file() else replace(entry, trouble=_GONE)
            for entry in self._read()
        )

    def remember(self, session: "AuditSession") -> None:
        """Renew the line of an audit; called when it is opened and when it is closed."""
        summary = self.summary_of(session)
        others = [entry for entry in self._read() if entry.path != summary.path]
        self._write([summary, *others])

    def forget(self, path: Path) -> None:
        """Take an audit off the list; the file stays."""
        self._write([entry for entry in self._read() if entry.path != path])

    def summary_of(self, session: "AuditSession") -> AuditSummary:
        """The line of an open audit."""
        book, project = session.book, session.project
        counted = progress(project)
        stages = []
        for stage in project.questionnaire.stages:
            parts = [counted.page(page.id) for page in stage.pages]
            total = sum(part.total for part in parts)
            if total:
                stages.append((stage.id, sum(part.done for part in parts) / total))
        assessment = session.assessment
        listed = book.text(LIST_DATE)
        return AuditSummary(
            session.path,
            book.text("firm.name") or session.path.stem,
            book.text("firm.place"),
            book.text("firm.industry"),
            self._kind(book.text(KIND)),
            tuple(stages),
            (counted.total - counted.missing) / counted.total if counted.total else 0.0,
            assessment is not None and not assessment.why_not_scored,
            assessment.level if assessment else None,
            months_later(date.fromisoformat(listed), _MONTHS_TO_COMPLETE) if listed else None,
            self._clock(),
            counted.minutes_left,
            system_id=book.text(SYSTEM_KEY),
        )

    def _kind(self, kind: str) -> str:
        words = {
            "voluntary": "自愿",
            "exceeding": "强制 · 双超",
            "over_quota": "强制 · 超能耗",
            "toxic": "强制 · 双有",
        }
        return words.get(kind, "")

    def _read(self) -> list[AuditSummary]:
        try:
            lines = json.loads(_library_file().read_text(encoding="utf-8"))
            return [_from_plain(line) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError) as error:
            # Only the list is lost; the audits themselves are where they were.
            _LOG.warning("library not read: %s", error)
            return []

    def _write(self, entries: list[AuditSummary]) -> None:
        target = _library_file()
        beside = target.with_suffix(".new")
        text = json.dumps([_to_plain(entry) for entry in entries], ensure_ascii=False, indent=1)
        try:
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, target)
        except OSError as error:
            _LOG.warning("library not written: %s", error)


def _library_file() -> Path:
    return paths.user_data_dir() / "library.json"


def _to_plain(entry: AuditSummary) -> dict[str, object]:
    return {
        "path": str(entry.path),
        "name": entry.name,
        "place": entry.place,
        "industry": entry.industry,
        "kind": entry.kind,
        "stages": [list(stage) for stage in entry.stages],
        "done": entry.done,
        "rated": entry.rated,
        "level": entry.level.code if entry.level is not None else "",
        "deadline": entry.deadline.isoformat() if entry.deadline else "",
        "opened": entry.opened.isoformat() if entry.opened else "",
        "minutes": entry.minutes,
        "system": entry.system_id,
    }


def _from_plain(line: dict[str, object]) -> AuditSummary:
    levels = {level.code: level for level in Level}
    deadline, opened = str(line["deadline"]), str(line["opened"])
    stages = line["stages"]
    done, minutes = line["done"], line["minutes"]
    if (
        not isinstance(stages, list)
        or not isinstance(done, int | float)
        or not isinstance(minutes, int)
    ):
        raise ValueError("library line of another shape")
    return AuditSummary(
        Path(str(line["path"])),
        str(line["name"]),
        str(line["place"]),
        str(line["industry"]),
        str(line["kind"]),
        tuple((str(letter), float(share)) for letter, share in stages),
        float(done),
        line["rated"] is True,
        levels.get(str(line["level"])),
        date.fromisoformat(deadline) if deadline else None,
        datetime.fromisoformat(opened) if opened else None,
        minutes,
        system_id=str(line.get("system", "")),
    )


def _free_path(folder: Path, name: str) -> Path:
    """A path that does not exist yet, with characters no file system takes left out of the name."""
    clean = "".join(each for each in name if each not in _FORBIDDEN_IN_NAMES).strip(" .")[:80]
    clean = clean or "未命名企业"
    path = folder / f"{clean}{SUFFIX}"
    number = 2
    while path.exists():
        path = folder / f"{clean} ({number}){SUFFIX}"
        number += 1
    return path
