"""Checking a sealed report without a network: its bytes against its seal, its pages against its data, its data against the audit.

The pages are set again from the data package inside the file and compared one by one, so that a changed page is found even
where somebody wrote a new seal line. A changed package has another number than the one on the stamped paper.
"""

import difflib
import hashlib
import logging
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__, files
from app.assessment.indicator_system import Verification
from app.assessment.result import Assessment
from app.audit.editions import changes_since, editions_of, frozen_answers
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.forms.answer import AnswerBook
from app.services.cases import Cases
from app.standards.system_json import content_hash

if TYPE_CHECKING:
    from app.papers.document import Document, Picture
    from app.papers.edition import Package
    from app.reports.sealed_file import SealedFile
    from app.reports.sealed_reading import PrintedLines

_LOG = logging.getLogger(__name__)
_MOST_LINES = 6  # of what differs on one page
_SHOWN = 40


@dataclass(frozen=True)
class Verdict:
    """differences: one sentence each, none when everything agrees. number: of the package in the file. firm, state, day,
    program: what the package says. notes: what a reader has to know even where everything agrees."""

    number: str
    sha256: str
    firm: str
    state: str
    day: str
    program: str
    pages: int
    differences: tuple[str, ...]
    compared_with: str = ""
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not self.differences


def verify(
    pdf: Path, audit: Path | None, cases: Cases, issued_from: AnswerBook | None = None
) -> Verdict:
    """Compare a sealed PDF with its own data and, when named, with the audit file. issued_from: answers of an open audit,
    compared with when one of its editions is this one. UserError when there is nothing to compare:
    not a PDF, a draft, or a paper that is not sealed by this program."""
    from app.papers.edition import ATTACHMENT, edition_number, is_package, read_package
    from app.reports.sealed_reading import read_sealed_apart

    files.refuse_odd(pdf)
    try:
        with pdf.open("rb"):
            pass
    except OSError as error:
        raise UserError(
            Problem(str(pdf), f"读不出来（{error.strerror}）", "看看文件在不在，有没有权限")
        ) from error
    file, printed_lines = read_sealed_apart(pdf, ATTACHMENT)
    if file.package is None or not is_package(file.package):
        raise UserError(
            Problem(
                pdf.name,
                "里面没有封存的数据包：它是草稿，或者不是清审通出的送审稿、定稿",
                "向编制单位要封存的报告",
            )
        )
    package = read_package(file.package)
    number = edition_number(file.package)
    said: list[str] = []
    if file.bytes_hold is None:
        said.append("文件末尾没有封存行：封存以后被别的程序改过或另存过")
    elif not file.bytes_hold:
        said.append("文件的字节和封存时不一样：封存以后改过")
    with of_a_stranger():
        project = project_of(package, cases)
        said += _pages(project, cases, package, file, printed_lines)
        notes = _notes(cases, project)
    compared = audit.name if audit is not None else ""
    if audit is not None:
        said += _against_audit(project, audit, cases)
    elif issued_from is not None and number in {one.number for one in editions_of(issued_from)}:
        compared = number
        said += _against_answers(project, issued_from)
    return Verdict(
        number,
        hashlib.sha256(file.package).hexdigest(),
        package.book.text("firm.name"),
        package.state,
        package.day.isoformat(),
        package.program,
        len(file.pages),
        tuple(said),
        compared,
        notes,
    )


@contextmanager
def of_a_stranger() -> Iterator[None]:
    """Whatever goes wrong while a paper is made from the data inside a PDF is the fault of those data: anybody can have
    written them, and parts that do not fit each other are found only where they are used. UserError; the place, without
    what stands there, goes to the log."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        where = " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in reversed(frames))
        _LOG.warning("sealed data not used: %s at %s", type(error).__name__, where)
        what = "里面的数据互相对不上，排不出报告：被改过，或者是别的版本封存的"
        raise UserError(Problem("报告里的数据包", what, "向编制单位要原文件")) from error


def project_of(package: "Package", cases: Cases) -> AuditProject:
    """The audit as it was when a paper was sealed, from its package alone."""
    basis = cases.basis(package.basis)
    system = cases.system(package.system) if package.system else None
    digest = content_hash(package.system) if system is not None else ""
    return cases.project(package.book, basis, system, digest)


def document_of(
    project: AuditProject, assessment: Assessment | None, package: "Package", file: "SealedFile"
) -> "Document":
    """The sealed paper again, from the package inside it. UserError when it cannot be put together."""
    from app.papers.audit_report import build_report
    from app.papers.document import Purpose, State
    from app.papers.edition import sealed

    assert file.package is not None
    pictures = _pictures(package, file)
    document = build_report(
        project,
        assessment,
        state=State(package.state),
        today=package.day,
        purpose=Purpose(package.purpose),
        pictures=pictures,
    )
    return sealed(document, project, file.package, package.day, pictures)


def _notes(cases: Cases, project: AuditProject) -> tuple[str, ...]:
    """That the level rests on thresholds nobody has compared with the original."""
    from app.papers.chapters.judgements import unchecked_words

    assessment = cases.assess(project)
    if assessment is None or assessment.level_range is None:
        return ()
    if assessment.verification is Verification.VERIFIED:
        return ()
    return (unchecked_words(project, assessment),)


def _pages(
    project: AuditProject,
    cases: Cases,
    package: "Package",
    file: "SealedFile",
    printed_lines: "PrintedLines",
) -> Iterator[str]:
    from app.papers.edition import ATTACHMENT, package_of
    from app.reports.pdf import write_pdf
    from app.reports.sealed_file import lines_of, read_sealed

    assert file.package is not None
    program = package.program
    assessment = cases.assess(project)
    version = (
        "" if program == __version__ else f"（封存用的是 {program} 版，本机是 {__version__} 版）"
    )
    again = package_of(
        project,
        assessment,
        state=package.state,
        day=package.day,
        previous=package.previous,
        purpose=package.purpose,
        pictures=_pictures(package, file),
    )
    if again != file.package and not version:
        yield "数据包里的结果和按回答算出来的不一样：数据包改过"
    try:
        document = document_of(project, assessment, package, file)
        with tempfile.TemporaryDirectory(prefix="cleanaudit-") as folder:
            target = Path(folder) / "again.pdf"
            write_pdf(document, target, is_for_now=True)
            fresh = target.read_bytes()
    except UserError as error:
        yield f"按数据包排不出这份报告{version}：{error.problems[0]}"
        return
    ours = read_sealed(fresh, ATTACHMENT)
    if len(ours.pages) != len(file.pages):
        yield f"文件有 {len(file.pages)} 页，按数据应是 {len(ours.pages)} 页{version}"
    changed = [
        place
        for place, pair in enumerate(zip(file.pages, ours.pages, strict=False))
        if pair[0] != pair[1]
    ]
    printed, meant = printed_lines(changed), lines_of(fresh, changed)
    for place in changed:
        lines = list(_differing(printed[place], meant[place]))
        if lines:
            yield from (f"第 {place + 1} 张：{line}{version}" for line in lines)
        elif not version:
            yield f"第 {place + 1} 张：字一样，图或版面改过"
    if not changed and ours.others != file.others and not version:
        yield "字体或图片改过，印出来的字可能和数据不同"


def _pictures(package: "Package", file: "SealedFile") -> dict[str, "Picture"] | None:
    """The pictures of the paper, as they are attached; one that is not what was sealed is left out, and the page differs."""
    from app.papers.document import Picture
    from app.papers.edition import picture_file
    from app.papers.template import jpeg_size

    if not package.pictures:
        return None
    found = {}
    for sha256, digest in package.pictures.items():
        content = file.photos.get(picture_file(sha256), b"")
        size = jpeg_size(content)
        if size is not None and hashlib.sha256(content).hexdigest() == digest:
            found[sha256] = Picture(content, *size)
    return found


def _differing(printed: list[str], meant: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(a=meant, b=printed, autojunk=False)
    told = 0
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        if told == _MOST_LINES:
            yield "……还有别处不同"
            return
        told += 1
        was, now = "".join(meant[a1:a2]), "".join(printed[b1:b2])
        yield f"印的是「{_short(now)}」，按数据是「{_short(was)}」"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _against_audit(project: AuditProject, audit: Path, cases: Cases) -> Iterator[str]:
    """What the audit says otherwise by now."""
    other = cases.read(audit).project
    if other.system_hash != project.system_hash:
        yield "案卷现在用的指标体系不是封存时那一份"
    if other.basis_hash != project.basis_hash:
        yield "案卷现在用的系数、公式或问题不是封存时那一版"
    yield from _against_answers(project, other.book)


def _against_answers(project: AuditProject, book: AnswerBook) -> Iterator[str]:
    for change in changes_since(frozen_answers(project.book), book, project.index):
        yield f"{change.label}：封存时「{change.before}」，案卷里「{change.after}」"
