"""The evidence binder: keeping papers in an audit, saying what they prove, showing their pages."""

import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app import files
from app.audit.evidence import (
    Numbered,
    Paper,
    Proof,
    group_of,
    joined,
    numbered,
    paper_key,
    paper_of,
    to_answer,
)
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.forms.answer import MISSING, Change
from app.forms.question_index import row_label
from app.paths import thumbnails_dir
from app.services.report_pictures import renamed_rows
from app.services.session import AuditSession
from app.storage.evidence import MOST_INSIDE, MOST_INSIDE_TOGETHER, KeptPaper, folder_of
from app.storage.evidence import NewPaper as NewPaper

MOST_BYTES = 80_000_000
_KINDS = {
    ".pdf", ".ofd", ".xml", ".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".xlsx", ".xls", ".docx", ".doc", ".csv",
    ".txt", ".zip",
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A paper of the binder with what storage knows of it; kept None = its content is gone from the audit."""

    number: str
    paper: Paper
    kept: KeptPaper | None


def binder(session: AuditSession) -> tuple[Kept, ...]:
    """Every paper that proves something or waits to be sorted, in the order of the binder."""
    by_hash = {one.sha256: one for one in session.papers_kept()}
    return tuple(
        Kept(one.number, one.paper, by_hash.get(one.paper.sha256)) for one in numbered(session.book)
    )


def read_paper(path: Path) -> NewPaper:
    """A file as it is kept: a photograph without the place it was taken at. UserError."""
    files.refuse_odd(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            what = f"有 {path.stat().st_size // 1_000_000} MB，太大了"
            raise UserError(Problem(path.name, what, f"一份不超过 {MOST_BYTES // 1_000_000} MB"))
        data = path.read_bytes()
    except OSError as error:
        raise UserError(
            Problem(path.name, f"打不开：{error.strerror}", "看看文件是不是被移走了")
        ) from error
    if not data:
        raise UserError(Problem(path.name, "文件是空的", "重新存一份"))
    if path.suffix.lower() not in _KINDS:
        raise UserError(
            Problem(path.name, "这种文件不收进证据册", "收图片、PDF、OFD、XML、Word、Excel")
        )
    if data.startswith(b"\xff\xd8\xff"):
        data = without_place(data)
    return NewPaper(path.name, data)


def without_place(jpeg: bytes) -> bytes:
    """The same photograph (its picture bit for bit) without the data of the camera, but for which way is up: where it was
    taken is nobody's business."""
    position, kept, orientation = 2, [jpeg[:2]], 1
    while position + 4 <= len(jpeg) and jpeg[position] == 0xFF:
        marker = jpeg[position + 1]
        if marker == 0xDA:
            break
        length = struct.unpack(">H", jpeg[position + 2 : position + 4])[0] + 2
        segment = jpeg[position : position + length]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            orientation = _orientation(segment[10:])
        elif marker != 0xE1 and marker != 0xED:  # XMP and IPTC may name the place too
            kept.append(segment)
        position += length
    else:
        return jpeg  # not as a JPEG should be: kept as it is
    if orientation != 1:
        body = (
            b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01"
            + struct.pack(">H", orientation)
            + b"\0\0\0\0\0\0"
        )
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body)
    return b"".join([*kept, jpeg[position:]])


def _orientation(tiff: bytes) -> int:
    """1 to 8; 1 when it is not said or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 1
        start = struct.unpack(order + "I", tiff[4:8])[0]
        (count,) = struct.unpack(order + "H", tiff[start : start + 2])
        for index in range(count):
            at = start + 2 + 12 * index
            tag, _, _, value = struct.unpack(order + "HHIH", tiff[at : at + 10])
            if tag == 0x0112:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def paper_changes(session: AuditSession, papers: Iterable[Paper]) -> list[Change]:
    """The changes of an act that puts these papers into the binder (or says more of one that is there)."""
    changes = []
    for paper in papers:
        key = paper_key(paper.sha256)
        before = session.book.get(key)
        after = to_answer(joined(paper_of(key, before), paper))
        changes.append(Change(key, before, after))
    return changes


_BATCH = 16


def keep_files(
    session: AuditSession,
    paths: Sequence[Path],
    *,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[tuple[NewPaper, ...], tuple[Problem, ...]]:
    """Keep files, some at a time; takes long for many, so not on the screen's thread. What was kept (content dropped)
    and what stood against the others. Not in the binder before `place_papers`; cancelled, the rest is not kept."""
    kept: list[NewPaper] = []
    problems: list[Problem] = []
    for start in range(0, len(paths), _BATCH):
        if cancelled():
            break
        batch: list[NewPaper] = []
        for path in paths[start : start + _BATCH]:
            try:
                batch.append(read_paper(path))
            except UserError as error:
                problems += error.problems
        session.keep_papers(batch)
        kept += [replace(one, content=b"", digest=one.sha256) for one in batch]
        progress(min(start + _BATCH, len(paths)), len(paths))
    return tuple(kept), tuple(problems)


def place_papers(
    session: AuditSession, kept: Sequence[NewPaper], keys: Sequence[str] = (), group: str = ""
) -> None:
    """Put kept files into the binder as proofs of `keys`: one act."""
    proofs = tuple(Proof(key) for key in keys)
    group = group or group_of(keys)
    some = {
        one.sha256: Paper(one.sha256, Path(one.name).stem, one.name, group, "", proofs)
        for one in kept
    }
    if some:
        session.record(paper_changes(session, some.values()), f"加证据 {len(some)} 份")


def change_paper(session: AuditSession, paper: Paper, label: str) -> None:
    """Say another title, group or other places of a paper; the pictures of the report that name it by its title follow."""
    key = paper_key(paper.sha256)
    change = Change(key, session.book.get(key), to_answer(paper))
    session.record([change, *renamed_rows(session.project, paper)], label)


def take_out(session: AuditSession, papers: Sequence[Paper]) -> None:
    """Take papers out of the binder; undo brings them back."""
    changes = [
        Change(paper_key(one.sha256), session.book.get(paper_key(one.sha256)), MISSING)
        for one in papers
    ]
    session.record(changes, f"从证据册拿掉 {len(papers)} 份")


def renamed(paper: Paper, title: str) -> Paper:
    return replace(paper, title=title.strip() or paper.title)


def in_group(paper: Paper, group: str) -> Paper:
    return replace(paper, group=group)


def place_names(project: AuditProject, papers: Iterable[Numbered | Kept]) -> Mapping[str, str]:
    """Answer key -> how a reader finds it: 「A4.1 电和天然气账单 2025 年 7 月 电量」."""
    names: dict[str, str] = {}
    for one in papers:
        for proof in one.paper.proves:
            names.setdefault(proof.key, place_name(project, proof.key))
    return names


def place_name(project: AuditProject, key: str) -> str:
    parts = key.split("/")
    index = project.index
    table = index.tables.get(parts[0])
    if len(parts) == 3 and table is not None:
        column = next((one for one in table.columns if one.id == parts[2]), None)
        row = row_label(table, parts[1], project.book)
        title = "" if column is None else column.short or column.title
        return f"{row} {title}".strip()
    place = index.places.get(parts[0])
    if place is not None:
        return place.question.short or place.question.title
    return key


def volume(session: AuditSession) -> tuple[int, int]:
    """(bytes inside the audit file, bytes in the folder beside it)."""
    kept = session.papers_kept()
    inside = sum(one.size for one in kept if one.inside)
    return inside, sum(one.size for one in kept) - inside


def where_kept(session: AuditSession) -> str:
    """How papers are kept, in words."""
    return (
        f"{MOST_INSIDE // 1000} KB 以内的收在案卷里（合计 {MOST_INSIDE_TOGETHER // 1_000_000} MB），"
        f"大的放在旁边的「{folder_of(session.path).name}」文件夹：案卷搬家时一起搬。备份不重复拷照片。"
    )


# --- pictures of pages --------------------------------------------------------------------------------------------------

THUMBNAIL = 260  # dots of the longer side


def draw_file(
    path: Path, page: int, longest: int, cancelled: Callable[[], bool] = lambda: False
) -> tuple[bytes, int]:
    """(a page as PNG, number of pages); (b"", 0) for what has no picture. Takes a moment: not on the screen's thread."""
    from app.bills.worker import Drawing, draw

    with tempfile.TemporaryDirectory(prefix="cleanaudit-page-") as folder:
        target = Path(folder) / "page.png"
        (pages,) = draw([Drawing(path, page, longest, target)], cancelled)
        return (target.read_bytes(), pages) if pages and target.is_file() else (b"", 0)


def draw_kept(
    session: AuditSession, paper: Paper, page: int, longest: int, cancelled: Callable[[], bool]
) -> tuple[bytes, int]:
    """The same of a kept paper. UserError when its content is not there."""
    with tempfile.TemporaryDirectory(prefix="cleanaudit-page-") as folder:
        source = Path(folder) / f"paper{Path(paper.name).suffix}"
        source.write_bytes(session.paper_content(paper.sha256))
        return draw_file(source, page, longest, cancelled)


def thumbnail_file(sha256: str) -> Path:
    """Where the small picture of a paper lies once it was drawn (in the user's folder: it can always be drawn again)."""
    return thumbnails_dir() / f"{sha256}.png"


def draw_thumbnails(
    session: AuditSession, papers: Sequence[Paper], cancelled: Callable[[], bool]
) -> None:
    """Draw the small pictures that are not there yet, in one child process. What cannot be drawn stays without, and so does
    a confidential audit: they would lie open in the user's folder."""
    from app.bills.worker import Drawing, draw

    if session.has_password:
        return
    wanted = [one for one in papers if not thumbnail_file(one.sha256).is_file()]
    with tempfile.TemporaryDirectory(prefix="cleanaudit-small-") as folder:
        drawings = []
        for number, paper in enumerate(wanted):
            source = Path(folder) / f"{number}{Path(paper.name).suffix}"
            try:
                source.write_bytes(session.paper_content(paper.sha256))
            except UserError:
                continue
            drawings.append(Drawing(source, 0, THUMBNAIL, thumbnail_file(paper.sha256)))
        draw(drawings, cancelled)


def save_copy(session: AuditSession, paper: Paper, target: Path) -> None:
    """The paper as a file of its own. UserError."""
    files.write_bytes(target, session.paper_content(paper.sha256))
