"""Every way into an audit file: what each says of it, as plain data that two files of the same contents have alike."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from app import clock
from app.errors import UserError
from app.papers.audit_report import build_report
from app.papers.document import State
from app.services import passwords
from app.services.calculation import write_workbook
from app.services.cases import Cases
from app.services.check_up import concerns_of, said
from app.services.form_prints import names_of_forms, write_forms
from app.services.measure_results import offer_lines, results_json
from app.services.measures import path_json, path_of_file
from app.services.projects import Projects
from app.services.reader import write_reader_page
from app.services.reporting import write_report
from app.services.review import write_replies
from app.services.scoring import score_case, score_folder
from app.services.session import ImmediateExecutor
from app.services.verifying import verify
from app.services.word import write_word
from app.storage import opening
from app.storage.audit_reader import read_audit
from app.storage.catalogue_store import Catalogue

TODAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
# The dear ones are taken for a share of the files that open; all of them for every file that is refused.
DEAR = ("path", "workbook", "word", "report", "verify", "forms", "page", "replies", "password")


class Doors:
    """The doors of one program, working in a folder of their own."""

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.folder = folder
        self.cases = Cases(catalogue)
        self.projects = Projects(catalogue, ImmediateExecutor(), clock.now)
        self.all: Mapping[str, Callable[[Path], object]] = {
            "read": lambda path: read_audit(path).book,
            "score": lambda path: score_case(path, catalogue),
            "folder": self._folder,
            "check": self._check,
            "results": lambda path: results_json(path, catalogue),
            "path": lambda path: path_json(*path_of_file(path, catalogue, None)[:2]),
            "draft": self._draft,
            "workbook": self._workbook,
            "word": self._word,
            "report": self._report,
            "verify": self._verify,
            "anonymous": self._anonymous,
            "forms": self._forms,
            "page": self._page,
            "replies": self._replies,
            "options": lambda path: offer_lines(path, catalogue),
            "next round": self._next_round,
            "editions": self._editions,
            "add folder": self._add_folder,
            "relocate": self._relocate,
            "copy": self._copy,
            "session": self._session,
            "password": self._password,
        }

    def _folder(self, path: Path) -> object:
        """A folder score never ends with an error: a row says what is wrong. Here the problem is what counts."""
        target = self.folder / "scores.csv"
        problems = score_folder(path.parent, target, self.catalogue)
        if problems:
            raise UserError(*problems)
        return target.read_text("utf-8-sig")

    def _check(self, path: Path) -> object:
        case = self.cases.read(path)
        data = self.catalogue.checkup()
        found = concerns_of(case.project, case.assessment, data, TODAY)
        return [str(said(one, data, case.project)) for one in found]

    def _draft(self, path: Path) -> object:
        project, assessment = self.projects.load(path)
        return build_report(project, assessment, state=State.DRAFT, today=TODAY)

    def _workbook(self, path: Path) -> object:
        project, assessment = self.projects.load(path)
        target = self.folder / "out.xlsx"
        write_workbook(project, assessment, target)
        return _parts(target, "xl/worksheets/", "xl/sharedStrings")

    def _word(self, path: Path) -> object:
        project, assessment = self.projects.load(path)
        target = self.folder / "out.docx"
        write_word(project, assessment, target, state="草稿", now=NOW)
        return _parts(target, "word/document.xml")

    def _report(self, path: Path) -> object:
        project, assessment = self.projects.load(path)
        facts = write_report(
            project, assessment, self.folder / "out.pdf", state="草稿", today=TODAY
        )
        return facts.pages

    def _verify(self, path: Path) -> object:
        """Against the sealed paper of the sample: read before it, so that a damaged audit costs little."""
        self.cases.read(path)
        return verify(self.sealed_paper(), path, self.cases).differences

    def _anonymous(self, path: Path) -> object:
        target = self.folder / "匿名.cpaudit"
        target.unlink(missing_ok=True)
        self.projects.anonymous_copy(path, target)
        return read_audit(target).book

    def _forms(self, path: Path) -> object:
        project, assessment = self.projects.load(path)
        place = self.folder / "forms"
        shutil.rmtree(place, ignore_errors=True)
        known = names_of_forms(project, assessment, today=TODAY)
        made = write_forms(project, assessment, place, today=TODAY, only=known[:2], xlsx=False)
        return known, len(list(made))

    def _page(self, path: Path) -> object:
        project, assessment = self.projects.load(path)
        target = self.folder / "out.html"
        write_reader_page(project, assessment, target, state="草稿", today=TODAY)
        return hashlib.sha256(target.read_bytes()).hexdigest()

    def _replies(self, path: Path) -> object:
        case = self.cases.read(path)
        target = self.folder / "replies.docx"
        try:
            write_replies(case.project, case.assessment, target, now=NOW)
        except UserError as error:  # a sound audit without opinions says so
            return str(error)
        return _parts(target, "word/document.xml")

    def _next_round(self, path: Path) -> object:
        try:
            book = self.projects.read_earlier(path)
            return self.projects.carry_over(book, "industry")[0]
        except UserError as error:
            read_audit(path)  # raises again for a damaged one
            return str(error)  # a sound audit whose base year is open says so

    def _editions(self, path: Path) -> object:
        case = self.projects.cases.read(path)
        return self.projects.previous_edition(case), self.projects.issued_edition(case)

    def _add_folder(self, path: Path) -> object:
        self.projects.audits.forget(path)
        added, problems = self.projects.add_folder(path.parent)
        if problems:
            raise UserError(*problems)
        line = next(one for one in self.projects.audits.summaries() if one.path == path)
        self.projects.audits.forget(path)
        return added, line.name, line.level, line.done, line.deadline

    def _relocate(self, path: Path) -> object:
        return self.projects.relocate(self.folder / "none.cpaudit", path)

    def _copy(self, path: Path) -> object:
        file = opening.open_file(path, read_only=True)
        try:
            target = self.folder / "copy.cpaudit"
            file.copy_to(target)
        finally:
            file.close()
        return read_audit(target).book

    def _session(self, path: Path) -> object:
        """As the window opens it, on a copy: an older format is brought to the present one."""
        session = self.projects.open_audit(self._twin(path))
        try:
            return session.book, session.assessment
        finally:
            session.close()

    def _password(self, path: Path) -> object:
        twin = self._twin(path)
        self.projects.set_password(twin, "一句自己记得住的话")
        passwords.unlock(twin, "一句自己记得住的话")
        return read_audit(twin).book

    def _twin(self, path: Path) -> Path:
        place = self.folder / "twin"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return Path(shutil.copyfile(path, place / path.name))

    def sealed_paper(self) -> Path:
        target = self.folder / "封存.pdf"
        if not target.exists():
            place = self.folder / "sealed"
            audit = self.projects.sample(place)[1]
            project, assessment = self.projects.load(audit)
            write_report(project, assessment, target, state="送审稿", today=TODAY)
        return target


def _parts(path: Path, *names: str) -> object:
    with zipfile.ZipFile(path) as archive:
        return {
            one: hashlib.sha256(archive.read(one)).hexdigest()
            for one in archive.namelist()
            if one.startswith(names)
        }
