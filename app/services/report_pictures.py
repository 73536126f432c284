"""The pictures a report shows, from the binder of an open audit or of a file: drawn once in a child process, small enough to
print, and kept in the user's folder (they can always be drawn again)."""

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.audit.evidence import Paper, paper_of
from app.audit.project import AuditProject
from app.errors import UserError
from app.forms.answer import MISSING, Act, Change, Given, RowsChange, cell_key
from app.paths import thumbnails_dir

if TYPE_CHECKING:
    from app.papers.document import Picture
    from app.services.session import AuditSession

_MOST_HANDS, _FEW = 4, 8
LONGEST = 1500  # dots of the longer side: 240 dpi on the width of the text
_NOUGHTS = b"\0" * 512


PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pdf", ".ofd"})
"""Endings of papers that have a picture: of a PDF the first page."""


def show_pictures(
    project: AuditProject, papers: Sequence[Paper], row_ids: Sequence[str], before: str = ""
) -> Act:
    """Papers of the binder into the table of pictures, before the row `before` ("": at its end). row_ids: new ones, one a
    paper."""
    from app.papers.pictures import TABLE, name_for

    book = project.book
    rows = book.row_ids(TABLE)
    at = rows.index(before) if before in rows else len(rows)
    change = RowsChange(TABLE, rows, (*rows[:at], *row_ids, *rows[at:]))
    cells = [
        Change(cell_key(TABLE, row_id, "paper"), MISSING, Given(name_for(project, paper)))
        for row_id, paper in zip(row_ids, papers, strict=True)
    ]
    what = f"「{papers[0].title}」" if len(papers) == 1 else f"{len(papers)} 张图"
    return Act(f"报告里加 {what}", (change, *cells))


def order_pictures(project: AuditProject, row_ids: Sequence[str]) -> Act:
    """The rows in another order; those that are not named stay at the end."""
    from app.papers.pictures import TABLE

    before = project.book.row_ids(TABLE)
    known = [one for one in row_ids if one in before]
    after = (*known, *(one for one in before if one not in known))
    return Act("报告里的图换次序", () if after == before else (RowsChange(TABLE, before, after),))


def renamed_rows(project: AuditProject, paper: Paper) -> list[Change]:
    """What the table of pictures says where a paper gets another title: rows that named it by the old one follow."""
    from app.papers.pictures import TABLE, wanted_pictures

    changes = []
    for one in wanted_pictures(project):
        old = one.paper
        if old is None or old.sha256 != paper.sha256:
            continue
        if one.name != old.title or old.title == paper.title:
            continue
        taken = {paper_of(key, answer) for key, answer in project.book.answers.items()} - {
            None,
            old,
        }
        twice = any(paper.title in (other.title, other.name) for other in taken if other)
        key = cell_key(TABLE, one.row_id, "paper")
        changes.append(
            Change(key, project.book.get(key), Given(paper.name if twice else paper.title))
        )
    return changes


def pictures_of(
    project: AuditProject, content: Callable[[str], bytes], *, is_kept: bool = True
) -> dict[str, "Picture"]:
    """By SHA-256: what the table of pictures names. content: of a paper, UserError when it is not there; such a picture
    is left out, and the paper says so. is_kept: whether they may lie in the user's folder for the next paper."""
    from app.papers.pictures import wanted_pictures

    papers = {one.paper.sha256: one.paper for one in wanted_pictures(project) if one.paper}
    found = {sha256: _read(print_file(sha256)) for sha256 in papers} if is_kept else {}
    left = [one for one in papers.values() if not found.get(one.sha256)]
    found |= _drawn(left, content, is_kept) if left else {}
    return {sha256: picture for sha256 in papers if (picture := found.get(sha256)) is not None}


def pictures_of_session(session: "AuditSession") -> dict[str, "Picture"]:
    return pictures_of(session.project, session.paper_content, is_kept=not session.has_password)


def pictures_of_file(path: Path, project: AuditProject) -> dict[str, "Picture"]:
    """Of an audit that is not open here."""
    from app.services.passwords import has_password

    def content(sha256: str) -> bytes:
        from app.storage.evidence import content_of_file

        return content_of_file(path, sha256)

    return pictures_of(project, content, is_kept=not has_password(path))


def print_file(sha256: str) -> Path:
    """Where the picture of a paper lies as a report shows it, once it was drawn."""
    return thumbnails_dir() / f"{sha256}.print.jpg"


def _drawn(
    papers: "Sequence[Paper]", content: Callable[[str], bytes], is_kept: bool
) -> dict[str, "Picture | None"]:
    """Drawn in as many child processes as there are processors, four at most; the first begins while the next one's papers
    are still being read."""
    from app.bills.worker import Drawing, draw

    found: dict[str, Picture | None] = {}
    hands = min(_MOST_HANDS, os.cpu_count() or 1, 1 + len(papers) // _FEW)
    with tempfile.TemporaryDirectory(prefix="cleanaudit-print-") as folder:
        with ThreadPoolExecutor(hands) as pool:
            for start in range(hands):
                drawings = []
                for paper in papers[start::hands]:
                    source = Path(folder) / f"{paper.sha256}{Path(paper.name).suffix}"
                    try:
                        source.write_bytes(content(paper.sha256))
                    except UserError:
                        continue
                    target = Path(folder) / f"{paper.sha256}.print.jpg"
                    drawings.append(Drawing(source, 0, LONGEST, target))
                pool.submit(draw, drawings)
        for paper in papers:
            drawn = Path(folder) / f"{paper.sha256}.print.jpg"
            picture = found[paper.sha256] = _read(drawn)
            if picture is not None and is_kept:
                files.write_bytes(print_file(paper.sha256), picture.content, is_for_now=True)
    return found


def _read(path: Path) -> "Picture | None":
    from app.papers.document import Picture
    from app.papers.template import jpeg_size

    try:
        content = path.read_bytes()
    except OSError:
        return None
    if not content.endswith(b"\xff\xd9") or _NOUGHTS in content:
        return None  # a power cut left it so: it is drawn again
    size = jpeg_size(content)
    return None if size is None else Picture(content, *size)
