"""Audits as documents: create, open, restore, sample."""

import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.result import Assessment
from app.audit.basis import BASIS_KEY
from app.audit.front_door import questionnaire_for
from app.audit.next_round import Earlier, earlier_of, earlier_to_text, last_base_year, next_round
from app.audit.project import SYSTEM_KEY, TABLE_KEY, AuditProject
from app.errors import Problem, UserError
from app.files import safe_name
from app.forms.answer import AnswerBook, Given
from app.forms.sample import SampleAudit
from app.services.audit_list import AuditList
from app.services.cases import Case, Cases
from app.services.tables import table_of
from app.storage.catalogue_store import Catalogue

if TYPE_CHECKING:
    # Imported where they are used: SQLAlchemy comes with them, and the list of audits shows without it.
    from app.papers.edition import Previous
    from app.services.editions import Issued
    from app.services.session import AuditSession, Builders
    from app.storage.audit_reader import StoredAudit
    from app.storage.backups import Backup, Compared
    from app.storage.contents import FrozenSystem

SUFFIX = ".cpaudit"
SAMPLE = "chengling"
PRINTER = "huichuan"
FRONT_DOOR = "front_door"
# Not the time of the day, so that two samples hold the same.
_SAMPLE_TIME = datetime(2026, 11, 20, 14, 3, 22, tzinfo=timezone(timedelta(hours=8)))


class Projects:
    """The audits of this user. All file work of sessions runs on `executor` (one worker)."""

    def __init__(
        self, catalogue: Catalogue, executor: Executor, clock: Callable[[], datetime]
    ) -> None:
        self._catalogue = catalogue
        self.cases = Cases(catalogue)
        self.audits = AuditList(clock)
        self._executor = executor
        self._clock = clock

    # -- opening and creating

    def open_audit(
        self, path: Path, *, who: str = "", second_place: Path | None = None
    ) -> "AuditSession":
        """The audit in a file, ready to work on. second_place: a folder that gets backups too. UserError when it cannot be
        opened."""
        from app.services.damage import in_words
        from app.services.session import AuditSession
        from app.storage import opening

        with in_words(self._catalogue):
            file = opening.open_file(path)
        try:
            questionnaire = file.meta["questionnaire"]
            session = AuditSession(
                file,
                self._builders(questionnaire),
                executor=self._executor,
                clock=self._clock,
                who=who or "本机用户",
                second_place=second_place,
            )
        except BaseException:
            file.close()
            raise
        try:
            self.audits.remember(session)  # its assessment is worked out here for the first time
        except BaseException:
            session.let_go()
            raise
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
        case = self.cases.read(path)
        return case.project, case.assessment

    def previous_edition(self, case: Case) -> "Previous | None":
        """The last sealed edition of an audit with what changed since."""
        from app.services.editions import previous_in

        return previous_in(case.project, case.stored.edition)

    def issued_edition(self, case: Case) -> "Issued | None":
        """The edition issued last, as it was issued."""
        from app.services.editions import issued_in

        return issued_in(case.project, lambda _: case.stored.edition_before)

    def under(self, session: "AuditSession", system_id: str, table_id: str) -> AuditProject:
        """The open audit as it would be under another system or copy of the library. Nothing of it is kept."""
        chosen = {SYSTEM_KEY: Given(system_id), TABLE_KEY: Given(table_id)}
        book = AnswerBook({**session.book.answers, **chosen}, session.book.rows)
        builders = self._builders(session.questionnaire_id)
        return builders.project(book, self._frozen(system_id), session.basis)

    def read_earlier(self, path: Path) -> AnswerBook:
        """The answers of an audit whose next round is begun. UserError when it cannot be read or its base year is open."""
        stored = self._read(path)
        # Says so when this program lacks the question set.
        self.cases.present_basis_text(stored.meta["questionnaire"])
        last_base_year(stored.book)
        return stored.book

    def _read(self, path: Path) -> "StoredAudit":
        from app.services.damage import in_words
        from app.storage.audit_reader import read_audit

        with in_words(self._catalogue):
            return read_audit(path)

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
        found = backups.newest_good(path)
        if found is None:
            kept = backups.backups_of(path)
            what = "它的备份都打不开了。" if kept else "这台电脑上没有它的备份。"
            raise UserError(Problem(path.name, what, "到打开过它的电脑上找，或者找别的副本。"))
        return backups.restore_as_copy(found.backup.path, path)

    def newest_backup(self, path: Path) -> "Compared | None":
        """The latest sound backup, beside what can still be read of the file; None when there is none."""
        from app.storage import backups, rescue

        try:
            present = rescue.read_what_is_left(path).book
        except UserError:
            present = None
        return backups.newest_good(path, present)

    def rescue(self, path: Path, *, who: str = "") -> tuple[Path, tuple[str, ...]]:
        """Put what can be read of a damaged audit into a new file beside it; that file, and the keys that are doubtful.

        UserError when nothing can be read or the new file cannot be written; the damaged file stays as it is.
        """
        from app.storage import rescue

        target = _free_path(path.parent, f"{path.stem} 救出")
        file, found = rescue.rescue(path, target, who=who or "本机用户", when=self._clock())
        file.close()
        return target, found.doubtful

    def relocate(self, old: Path, new: Path) -> int:
        """「指到新位置」: the audit of a line lies at `new` by now. How many lines were mended, those of its folder included.

        UserError when `new` is no sound audit, or another one than the line is of.
        """
        new = files.resolved(new)
        known = next((one for one in self.audits.summaries() if one.path == old), None)
        audit_id = self._read(new).meta["audit_id"]
        if known is not None and known.audit_id not in ("", audit_id):
            what = f"这不是「{known.name}」的那个案卷，是另一个。"
            raise UserError(Problem(new.name, what, "找到原来的那个；要打开这一个就用「打开」。"))
        return self.audits.relocate(old, new)

    def add_folder(
        self,
        folder: Path,
        progress: Callable[[int, int], None] = lambda done, total: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[int, tuple[Problem, ...]]:
        """Put every audit below a folder on the list; how many are new there, and what is wrong with the others.

        UserError when there is none.
        """
        known = {one.path for one in self.audits.summaries()}
        files = sorted(one for one in folder.rglob(f"*{SUFFIX}") if one.is_file())
        if not files:
            raise UserError(Problem(str(folder), "里面没有案卷（.cpaudit）。", "换一个文件夹。"))
        found = []
        problems: list[Problem] = []
        for done, file in enumerate(files, 1):
            path = file.resolve()
            if is_cancelled():
                break
            if path not in known:
                try:
                    case = self.cases.read(path)
                except UserError as error:
                    problems.extend(error.problems)
                else:
                    audit_id = case.stored.meta["audit_id"]
                    found.append(
                        self.audits.summary(path, case.project, case.assessment, audit_id, None)
                    )
            progress(done, len(files))
        self.audits.add(found)
        return len(found), tuple(problems)

    def set_password(self, path: Path, password: str) -> int:
        """A password for a closed audit and its backups here, "" for none (app.services.passwords); how many backups."""
        from app.services import passwords

        done = passwords.set_password(path, password)
        if password:
            self.audits.hide(path)
        return done

    def open_copies(self, path: Path, second_place: Path | None = None) -> tuple[Path, ...]:
        """Copies of a confidential audit that can be read without a password (app.services.passwords)."""
        from app.services import passwords

        return passwords.open_copies(path, second_place)

    def anonymous_copy(self, path: Path, target: Path) -> Path:
        """A copy of an audit that names nobody (app.services.anonymous), without history, at `target`, which must not exist.

        UserError when the audit cannot be read, or the copy not written.
        """
        from app.services.anonymous import FIRM, anonymised, refuse_own_path
        from app.storage import opening

        refuse_own_path(path, target)
        stored = self._read(path)
        book = anonymised(stored.book, self.cases.read(path).project.index)
        opening.create(
            target,
            answers=book,
            system=stored.system,
            basis=stored.basis,
            meta={"audit_id": uuid.uuid4().hex, "questionnaire": stored.meta["questionnaire"]},
            who=FIRM,
            when=self._clock(),
            label="匿名副本",
        ).close()
        return target

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

    def finished_sample(self, directory: Path) -> Path:
        """The sample audit once its measures are done and measured, in `directory`."""
        sample = self._catalogue.sample(SAMPLE)
        path = directory / f"{sample.name} 审核后{SUFFIX}"
        self._write_sample(path, sample, sample.finished())
        return path

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
        from app.storage import database, opening

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
        basis = self._present_basis(meta["questionnaire"])
        answers_with_basis = {**book.answers, BASIS_KEY: Given(basis.hash)}
        opening.create(
            path,
            answers=AnswerBook(answers_with_basis, book.rows),
            system=self._frozen(system_id) if system_id else None,
            basis=basis,
            meta=meta,
            who=who,
            when=when,
        ).close()

    def _frozen(self, system_id: str) -> "FrozenSystem":
        from app.storage.contents import FrozenSystem

        return FrozenSystem(system_id, self._catalogue.system_json(system_id))

    def _present_basis(self, questionnaire_id: str) -> "FrozenSystem":
        from app.storage.contents import BASIS_ID, FrozenSystem

        return FrozenSystem(BASIS_ID, self.cases.present_basis_text(questionnaire_id))

    def _builders(self, questionnaire_id: str) -> "Builders":
        from app.services.session import Builders

        cases = self.cases

        def build(
            book: AnswerBook, system: "FrozenSystem | None", basis: "FrozenSystem | None"
        ) -> AuditProject:
            rests_on = (
                cases.present_basis(questionnaire_id) if basis is None else cases.basis(basis.json)
            )
            if system is None:
                return cases.project(book, rests_on, None)
            return cases.project(book, rests_on, cases.system(system.json), system.hash)

        return Builders(
            build, cases.assess, self._frozen, lambda: self._present_basis(questionnaire_id)
        )


def _free_path(folder: Path, name: str) -> Path:
    """A path that does not exist yet, named as every file system takes it."""
    clean = safe_name(name, "未命名企业")
    path = folder / f"{clean}{SUFFIX}"
    number = 2
    while path.exists():
        path = folder / f"{clean} ({number}){SUFFIX}"
        number += 1
    return path
