"""Every way into an audit file: what each says of it, as plain data that two files of the same contents have alike."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from app.bootstrap import local_now
from app.errors import UserError
from app.papers.audit_report import build_report
from app.papers.document import State
from app.services.calculation import write_workbook
from app.services.cases import Cases
from app.services.check_up import concerns_of, said
from app.services.measure_results import results_json
from app.services.measures import path_json, path_of_file
from app.services.projects import Projects
from app.services.reporting import write_report
from app.services.scoring import score_case, score_folder
from app.services.session import ImmediateExecutor
from app.services.verifying import verify
from app.services.word import write_word
from app.storage.audit_reader import read_audit
from app.storage.catalogue_store import Catalogue

TODAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
# The dear ones are taken for a share of the files that open; all of them for every file that is refused.
DEAR = ("path", "workbook", "word", "report", "verify")


class Doors:
    """The doors of one program, working in a folder of their own."""

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.folder = folder
        self.cases = Cases(catalogue)
        self.projects = Projects(catalogue, ImmediateExecutor(), local_now)
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
