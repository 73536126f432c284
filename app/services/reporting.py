"""Printing the report: set in a child process, read back, then put in place. Used by the window and the command line.

Window: `set_paper` off its own thread, show `job.pdf`, `save` where the user wants. Command line: `write_report` does all of it.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.indicator_system import Level
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.errors import Problem, ProgramError, UserError

if TYPE_CHECKING:
    # For types only: the document model is not needed to open an audit.
    from app.papers.document import Document, Picture
    from app.papers.edition import Previous

STATES = ("草稿", "送审稿", "定稿")
PURPOSES = ("审核", "评估", "验收")


@dataclass(frozen=True)
class ReportJob:
    """A paper ready to be set. folder: private, removed by `discard`. key_figures: what has to stand on it.
    number, state, day: of a sealed edition, whose file gets its seal
    line (`finish`). unplaced: chapters the template has text for and this paper has not."""

    folder: Path
    file: Path
    pdf: Path
    key_figures: tuple[str, ...] = ()
    number: str = ""
    state: str = ""
    day: date | None = None
    unplaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportFacts:
    """replaced: characters no font has, printed as 〓 (drafts only). unplaced: as of the job."""

    pages: int
    sha256: str
    replaced: tuple[str, ...]
    unplaced: tuple[str, ...] = ()


def problems_before(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    today: date,
    purpose: str = PURPOSES[0],
) -> tuple[Problem, ...]:
    """Everything that keeps the paper from being printed in `state`; empty when it can be."""
    from app.papers.audit_report import build_report
    from app.papers.document import Purpose, State
    from app.reports.fit import problems_of

    try:
        document = build_report(
            project, assessment, state=State(state), today=today, purpose=Purpose(purpose)
        )
    except UserError as error:
        return error.problems
    return () if state == State.DRAFT.value else problems_of(document)


def prepare(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    today: date,
    previous: "Previous | None" = None,
    purpose: str = PURPOSES[0],
    pictures: "Mapping[str, Picture] | None" = None,
) -> ReportJob:
    """Build the paper and write the job for the child process. UserError when `state` forbids printing at all; what stands
    in the way of single places is found by the child, and told by `finish` (or by `problems_before`)."""
    from app.papers.template import template_of, unplaced_chapters
    from app.reports.worker import write_job

    paper, number = made_paper(
        project,
        assessment,
        state=state,
        today=today,
        previous=previous,
        purpose=purpose,
        pictures=pictures,
    )
    folder = Path(tempfile.mkdtemp(prefix="cleanaudit-"))
    pdf = folder / "report.pdf"
    file = write_job(folder, paper, pdf)
    figures = key_figures(project, assessment)
    titles = {one.title for one in paper.chapters}
    unplaced = unplaced_chapters(template_of(project.book), titles)
    return ReportJob(folder, file, pdf, figures, number, state, today, unplaced)


def made_paper(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    today: date,
    previous: "Previous | None" = None,
    purpose: str = PURPOSES[0],
    pictures: "Mapping[str, Picture] | None" = None,
    copy: str = "",
) -> "tuple[Document, str]":
    """The paper as data and the number of its edition, "" for a draft, which has none. copy: as of `edition.sealed`.
    UserError when `state` forbids it."""
    from app.papers.audit_report import build_report
    from app.papers.document import Purpose, State
    from app.papers.edition import edition_number, package_of, sealed

    paper = build_report(
        project,
        assessment,
        state=State(state),
        today=today,
        purpose=Purpose(purpose),
        pictures=pictures,
    )
    if state == State.DRAFT.value:
        return paper, ""
    package = package_of(
        project,
        assessment,
        state=state,
        day=today,
        previous=previous,
        purpose=purpose,
        pictures=pictures,
    )
    return sealed(paper, project, package, today, pictures, copy), edition_number(package)


_KEY_QUANTITIES = (
    "energy.total", "energy.co2", "water.intake", "water.reuse", "voc.generated", "voc.emitted", "packaging.one_way",
    "packaging.per_output", "env.hazardous",
)  # fmt: skip


def key_figures(project: AuditProject, assessment: Assessment | None) -> tuple[str, ...]:
    """What the page of results has to say, worked out from the data and not from the paper: words without white space."""
    from app.papers.answers import figure_title, is_absent

    said: list[str] = []
    if assessment is not None and assessment.level is not None:
        # The mark has room for 「未达」 only; the name behind it says the whole.
        mark = "未达" if assessment.level is Level.NONE else assessment.level.symbol
        said += [f"清洁生产水平{mark}", assessment.level_name]
    if assessment is not None:
        for level, interval in assessment.index_range.items():
            ends = dict.fromkeys((display(interval.low, 2), display(interval.high, 2)))
            said.append(f"综合评价指数Y{level.symbol}{'～'.join(ends)}")
    for quantity_id in _KEY_QUANTITIES:
        if is_asked(project, quantity_id) and not is_absent(project, quantity_id):
            figure = project.derivation.figure(quantity_id)
            if figure.value is not None and not figure.not_applicable:
                value = display(figure.value, figure.decimals, grouping=False)
                said.append(f"{figure_title(project, figure)}，{figure.unit}{value}")
    return tuple("".join(one.split()) for one in said)


def finish(job: ReportJob, details: str = "") -> ReportFacts:
    """What came of the child process, read back from the file it wrote. `details`: what it said, for the log.

    UserError with its problems; ProgramError when it ended without a result or the paper does not open.
    """
    from app.reports.worker import read_result

    try:
        facts = read_result(job.file)
    except FileNotFoundError:
        raise ProgramError(f"the paper was not set: {details[-2000:]}") from None
    content = job.pdf.read_bytes()
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise ProgramError("the paper that was set is not whole")
    _compare(content, job.key_figures, facts.replaced)
    if not job.number:
        return ReportFacts(facts.pages, facts.sha256, facts.replaced, job.unplaced)
    from app.reports.sealed_file import seal

    whole = seal(content)
    job.pdf.write_bytes(whole)
    digest = hashlib.sha256(whole).hexdigest()
    return ReportFacts(facts.pages, digest, facts.replaced, job.unplaced)


def _compare(content: bytes, figures: tuple[str, ...], replaced: tuple[str, ...]) -> None:
    """Read the printed words back; ProgramError when a key figure is not on the paper as the data have it."""
    from app.reports.read_back import text_of

    printed = text_of(content)
    as_printed = {}
    if replaced:
        from app.reports.fonts import stand_in  # and with it the whole typesetter

        as_printed = str.maketrans({one: stand_in(one) for one in replaced})
    wrong = [one for one in figures if one.translate(as_printed) not in printed]
    if wrong:
        raise ProgramError(f"figures on the paper differ from the data: {'; '.join(wrong)}")


def save(job: ReportJob, target: Path) -> None:
    """Copy the paper to `target`: written beside it, compared, then moved into place. UserError when it cannot be."""
    with files.written_beside(target, ".pdf") as beside:
        shutil.copyfile(job.pdf, beside)
        if beside.read_bytes() != job.pdf.read_bytes():
            raise UserError(Problem(str(target), "写进去的和读出来的不一样", "换一个磁盘再存"))


def discard(job: ReportJob) -> None:
    """Remove the private folder."""
    shutil.rmtree(job.folder, ignore_errors=True)


def set_job(job: ReportJob, is_cancelled: Callable[[], bool] = lambda: False) -> ReportFacts | None:
    """Have a prepared paper set; None when it was cancelled. Errors as of `finish`. The job stays to be discarded."""
    from app.services.typesetter import shared

    said = shared().set(job.file, is_cancelled)
    return None if said is None else finish(job, said)


def set_paper(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: str,
    today: date,
    previous: "Previous | None" = None,
    purpose: str = PURPOSES[0],
    pictures: "Mapping[str, Picture] | None" = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[ReportJob, ReportFacts] | None:
    """Put the paper together and have it set; None when it was cancelled. Errors as of `prepare` and `finish`; then, and
    after a cancel, nothing is left."""
    from app.services.typesetter import shared

    shared().start()  # loads while the paper is put together
    job = prepare(
        project,
        assessment,
        state=state,
        today=today,
        previous=previous,
        purpose=purpose,
        pictures=pictures,
    )
    facts = None
    try:
        facts = set_job(job, is_cancelled)
    finally:
        if facts is None:
            discard(job)
    return None if facts is None else (job, facts)


def write_report(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    state: str,
    today: date,
    previous: "Previous | None" = None,
    purpose: str = PURPOSES[0],
    pictures: "Mapping[str, Picture] | None" = None,
) -> ReportFacts:
    """Print to `target` and wait for it. UserError when the state or the place forbids it; nothing half written is left."""
    files.check_place(target, ".pdf")
    made = set_paper(
        project,
        assessment,
        state=state,
        today=today,
        previous=previous,
        purpose=purpose,
        pictures=pictures,
    )
    assert made is not None
    job, facts = made
    try:
        save(job, target)
        return facts
    finally:
        discard(job)


def unplaced_words(unplaced: tuple[str, ...]) -> str:
    """What to tell of chapters the template has text for and the paper has not; "" for none."""
    if not unplaced:
        return ""
    names = "」「".join(unplaced)
    return f"这份报告没有「{names}」这样的章，模板给它写的文字没有印；章名要和报告里的一字不差"


def file_name(project: AuditProject, state: str, purpose: str = PURPOSES[0]) -> str:
    """A name for the paper: 「澄岭五金 清洁生产审核报告 草稿.pdf」."""
    about = {"评估": "清洁生产审核报告（评估）", "验收": "清洁生产审核验收报告"}
    name = files.safe_name(project.book.text("firm.name"), "企业")
    return f"{name} {about.get(purpose, '清洁生产审核报告')} {state}.pdf"
