"""The reviewer's copy: a sealed report opened for reading only, notes on its places in a file of their own; and, in the audit,
the opinions one by one with what the paper says now, and the table of replies (修改对照表).
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.assessment.result import Assessment
from app.audit.editions import editions_of
from app.audit.project import AuditProject
from app.audit.review import Opinion, Reply, opinions, to_answer
from app.errors import Problem, UserError
from app.forms.answer import MISSING, Change
from app.services.cases import Cases
from app.services.reporting import PURPOSES
from app.services.session import AuditSession, Saved
from app.standards.limits import refuse_half_characters

if TYPE_CHECKING:
    from app.papers.places import Place
    from app.services.verifying import Verdict

SUFFIX = ".cpreview"
_FORMAT = "cleanaudit-review/1"
_MOST_BYTES = 5_000_000
_MOST_NOTES = 2_000
MOST_LETTERS = 4_000  # of one opinion or reply
_NUMBERED = re.compile(r"^\s*(?:[(（]?\d{1,3}[)）]|\d{1,3}\s*[.、．]|[①-⑳])\s*")


# ------------------------------------------------------------------ the reviewer's side


@dataclass(frozen=True)
class Copy:
    """A sealed report as a reviewer reads it. pages: of each place the sheet (from 0) and the page as printed, by id."""

    path: Path
    verdict: "Verdict"
    purpose: str
    places: "tuple[Place, ...]"
    pages: dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Note:
    """One opinion of the reviewer. place "" = on the paper as a whole; before: what stands at the place."""

    id: str
    text: str
    day: str
    place: str = ""
    where: str = ""
    before: str = ""
    page: str = ""


@dataclass(frozen=True)
class Notes:
    """What the file of a review holds. edition: number of the sealed paper that was read; purpose: what it is for."""

    edition: str
    firm: str
    author: str
    notes: tuple[Note, ...]
    purpose: str = PURPOSES[0]


def open_copy(path: Path, cases: Cases) -> Copy:
    """Open a sealed report for reading: checked, its places found on its pages. UserError as `verify`."""
    from app.papers.edition import ATTACHMENT, read_package
    from app.papers.places import places_of
    from app.reports.find_pages import find_pages, pages_of_lines
    from app.reports.sealed_reading import read_sealed_apart
    from app.services.verifying import document_of, of_a_stranger, project_of, verify

    verdict = verify(path, None, cases)
    file, printed = read_sealed_apart(path, ATTACHMENT)
    assert file.package is not None  # verify refuses a paper without
    package = read_package(file.package)
    with of_a_stranger():
        project = project_of(package, cases)
        places = places_of(document_of(project, cases.assess(project), package, file))
    lines = printed(range(len(file.pages)))
    sheets = pages_of_lines([lines[at] for at in sorted(lines)])
    pages = find_pages(sheets, [(one.id, one.mark) for one in places])
    return Copy(path, verdict, package.purpose, places, pages)


def new_note(text: str, today: date, place: "Place | None" = None, page: str = "") -> Note:
    """A note on a place, or on the paper as a whole."""
    note = Note(uuid.uuid4().hex[:12], text.strip()[:MOST_LETTERS], today.isoformat())
    if place is None:
        return note
    return replace(note, place=place.id, where=place.where, before=place.words, page=page)


def reworded(note: Note, text: str) -> Note:
    """The same note in other words."""
    return replace(note, text=text.strip()[:MOST_LETTERS])


def draw(
    copy: Copy, sheet: int, words: str, longest: int, cancelled: Callable[[], bool]
) -> tuple[bytes, int, tuple[int, int, int, int] | None]:
    """(a sheet as PNG, number of sheets, where the words stand on it in thousandths). Not on the screen's thread. A file that
    is not what was sealed is a stranger's: it is drawn in a child process and looked into no further."""
    from app.reports.find_pages import box_of
    from app.services.evidence import draw_file

    png, pages = draw_file(copy.path, sheet, longest, cancelled)
    look = bool(words) and copy.verdict.same
    return png, pages, box_of(copy.path.read_bytes(), sheet, words) if look else None


def begun_notes(copy: Copy, author: str) -> tuple[Path, Notes]:
    """The file of a reviewer's notes beside a report, as far as it got. UserError when there is one that cannot be read."""
    verdict = copy.verdict
    file = notes_path(copy.path, author)
    if file.exists():
        kept = read_notes(file)
        if kept.edition == verdict.number:
            return file, kept
        file = file.with_name(f"{file.stem} {verdict.number}{SUFFIX}")
        if file.exists():
            return file, read_notes(file)
    return file, Notes(verdict.number, verdict.firm, author, (), copy.purpose)


def notes_path(report: Path, author: str) -> Path:
    """Where the notes on a report are kept: beside it, one file a reviewer."""
    from app.files import safe_name

    return report.with_name(
        f"{safe_name(report.stem)} 审阅意见 {safe_name(author) or '评审人'}{SUFFIX}"
    )


def write_notes(path: Path, notes: Notes) -> None:
    """UserError when it cannot be written; what was there is replaced only by a whole file."""
    from app.files import written_beside

    plain = {"format": _FORMAT, **asdict(notes)}
    content = json.dumps(plain, ensure_ascii=False, indent=1).encode()
    with written_beside(path) as part:
        part.write_bytes(content)


def read_notes(path: Path) -> Notes:
    """UserError when the file is no file of notes, too big, or damaged."""
    files.refuse_odd(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UserError(Problem(path.name, "太大了，不像审阅意见", "向评审人要 .cpreview 文件"))
        plain = json.loads(path.read_bytes())
        if plain["format"] != _FORMAT or len(plain["notes"]) > _MOST_NOTES:
            raise ValueError(plain["format"])
        refuse_half_characters(plain)
        found = tuple(_note(one) for one in plain["notes"])
        if len({one.id for one in found}) != len(found):
            raise ValueError("twice")
        purpose = plain["purpose"]
        if purpose not in PURPOSES:
            raise ValueError(purpose)
        return Notes(
            str(plain["edition"]), str(plain["firm"]), _words(plain["author"], 40), found, purpose
        )
    except OSError as error:
        raise UserError(
            Problem(path.name, f"打不开：{error.strerror}", "看看文件是不是被移走了")
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            Problem(path.name, "读不懂，不是清审通的审阅意见，或者坏了", "向评审人再要一份")
        ) from error


def _note(plain: object) -> Note:
    if not isinstance(plain, dict):
        raise TypeError("a note is a mapping")
    texts = {
        name: plain[name] for name in ("id", "text", "day", "place", "where", "before", "page")
    }
    if not all(isinstance(one, str) for one in texts.values()):
        raise TypeError("a note holds texts")
    if not re.fullmatch(r"[0-9a-z]{6,32}", texts["id"]) or not texts["text"].strip():
        raise ValueError("a note has an id and words")
    date.fromisoformat(texts["day"])
    return Note(**{**texts, "text": _words(texts["text"], MOST_LETTERS)})


def _words(text: object, most: int) -> str:
    if not isinstance(text, str):
        raise TypeError("words are text")
    return "".join(one for one in text if one == "\n" or one.isprintable())[:most].strip()


# ------------------------------------------------------------------ the consultant's side


@dataclass(frozen=True)
class Taken:
    """new: opinions that were not there before. known: passed by. strange: "" or why the file may belong to another paper."""

    new: tuple[Opinion, ...]
    known: int
    strange: str = ""


def plan_notes(session: AuditSession, notes: Notes) -> Taken:
    """What a file of notes would bring; nothing is written."""
    have = opinions(session.book)
    ids = {one.id for one in have}
    order = max((one.order for one in have), default=0)
    new = [
        Opinion(
            one.id, order + at, one.text, notes.author, one.day, one.place, one.where, one.before,
            one.page, notes.edition, notes.purpose,
        )
        for at, one in enumerate((one for one in notes.notes if one.id not in ids), 1)
    ]  # fmt: skip
    strange = ""
    firm = session.book.text("firm.name")
    numbers = {one.number for one in editions_of(session.book)}
    if notes.firm and firm and notes.firm != firm:
        strange = f"这些意见是给「{notes.firm}」的，这个案卷是「{firm}」"
    elif notes.edition not in numbers:
        strange = f"意见是看着 {notes.edition} 写的，这个案卷没有出过这个号"
    return Taken(tuple(new), len(notes.notes) - len(new), strange)


def plan_typed(session: AuditSession, text: str, author: str, today: date) -> tuple[Opinion, ...]:
    """Opinions out of pasted words: numbered lines begin one each; without numbers every line is one."""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    numbered = any(_NUMBERED.match(line) for line in lines)
    said: list[str] = []
    for line in lines:
        if numbered and not _NUMBERED.match(line) and said:
            said[-1] += line
        else:
            said.append(_NUMBERED.sub("", line))
    order = max((one.order for one in opinions(session.book)), default=0)
    return tuple(
        Opinion(uuid.uuid4().hex[:12], order + at, _words(one, MOST_LETTERS), author.strip(), today.isoformat())
        for at, one in enumerate((one for one in said if one.strip()), 1)
    )  # fmt: skip


def take_in(session: AuditSession, new: Sequence[Opinion]) -> Saved:
    """Opinions into the audit, as one act."""
    return _keep(session, new, f"收下 {len(new)} 条审阅意见")


def answer(session: AuditSession, opinion: Opinion) -> Saved:
    """Keep the reply, state, place or evidence of an opinion. UserError for one that says 改完 or 不采纳 without a word why."""
    if opinion.state is Reply.DECLINED and not opinion.reply.strip():
        raise UserError(Problem("回复", "不采纳要写理由", "写一句为什么，再标成不采纳"))
    if opinion.state is Reply.DONE and not opinion.reply.strip():
        raise UserError(Problem("回复", "还没写怎么改的", "写一句改了什么，再标成改完"))
    reply = _words(opinion.reply, MOST_LETTERS)
    return _keep(session, [replace(opinion, reply=reply)], "回复审阅意见")


def take_out(session: AuditSession, opinion: Opinion) -> Saved:
    """Take one opinion out of the audit."""
    change = Change(opinion.key, MISSING, MISSING)
    return session.record([change], "拿掉一条审阅意见")


def _keep(session: AuditSession, some: Iterable[Opinion], label: str) -> Saved:
    return session.record([Change(one.key, MISSING, to_answer(one)) for one in some], label)


def places_now(
    project: AuditProject, assessment: Assessment | None, today: date
) -> "dict[str, tuple[Place, ...]]":
    """By purpose: the places of each paper opinions are on, as it would be printed now (as a draft, which nothing keeps from
    being printed)."""
    from app.papers.audit_report import build_report
    from app.papers.document import Purpose, State
    from app.papers.places import places_of

    def places(purpose: str) -> "tuple[Place, ...]":
        paper = build_report(
            project, assessment, state=State.DRAFT, today=today, purpose=Purpose(purpose)
        )
        return places_of(paper)

    wanted = {one.purpose for one in opinions(project.book) if one.place}
    return {purpose: places(purpose) for purpose in PURPOSES if purpose in wanted}


def place_now(opinion: Opinion, places: "Mapping[str, Sequence[Place]]") -> "Place | None":
    """Where the opinion's place is in the paper of now; None for the paper as a whole, and when it is gone."""
    from app.papers.places import find_again

    if not opinion.place:
        return None
    return find_again(opinion.place, opinion.before, places.get(opinion.purpose, ()))


def write_replies(
    project: AuditProject,
    assessment: Assessment | None,
    target: Path,
    *,
    now: datetime,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """修改对照表 as .docx or .pdf: opinion, what stood there, what stands there now, the reply, and the page of the paper as it
    is printed now. UserError without opinions, or when it cannot be written."""
    import tempfile

    from app.papers.reply_table import reply_table
    from app.reports.find_pages import find_pages, pages_of
    from app.services.reporting import write_report

    found = opinions(project.book)
    if not found:
        raise UserError(Problem("修改对照表", "还没有审阅意见", "先收下评审人的意见，或自己抄进来"))
    if target.suffix.lower() not in (".docx", ".pdf"):
        raise UserError(
            Problem(str(target), "修改对照表是 Word 或 PDF", "文件名用 .docx 或 .pdf 结尾")
        )
    today = now.date()
    places = places_now(project, assessment, today)
    there = {one.id: place for one in found if (place := place_now(one, places)) is not None}
    pages: dict[str, str] = {}
    for purpose, some in places.items():
        if cancelled():
            break
        with tempfile.TemporaryDirectory(prefix="cleanaudit-") as folder:
            pdf = Path(folder) / "now.pdf"
            write_report(project, assessment, pdf, state="草稿", today=today, purpose=purpose)
            shown = find_pages(pages_of(pdf.read_bytes()), [(one.id, one.mark) for one in some])
        pages |= {
            one.id: shown[there[one.id].id][1]
            for one in found
            if one.purpose == purpose and one.id in there and there[one.id].id in shown
        }
    document = reply_table(project, found, there, pages, today)
    _print(document, target, now)
    return target


def _print(document: object, target: Path, now: datetime) -> None:
    from app.files import written_beside
    from app.papers.document import Document
    from app.reports.pdf import write_pdf
    from app.word.docx import write_docx

    assert isinstance(document, Document)
    if target.suffix.lower() == ".pdf":
        write_pdf(document, target)
        return
    with written_beside(target, ".docx") as part:
        write_docx(part, document, lambda _figure: b"", made=now)
