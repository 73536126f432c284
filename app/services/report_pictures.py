"""The pictures a report shows, from the binder of an open audit or of a file: drawn once in a child process, small enough to
print, and kept in the user's folder (they can always be drawn again)."""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from app import files
from app.audit.evidence import Paper
from app.audit.project import AuditProject
from app.errors import UserError
from app.paths import thumbnails_dir

if TYPE_CHECKING:
    from app.bills.worker import Drawing
    from app.papers.document import Picture
    from app.services.session import AuditSession

_MOST_HANDS, _FEW = 4, 8
LONGEST = 1500  # dots of the longer side: 240 dpi on the width of the text


def pictures_of(project: AuditProject, content: Callable[[str], bytes]) -> dict[str, "Picture"]:
    """By SHA-256: what the table of pictures names. content: of a paper, UserError when it is not there; such a picture
    is left out, and the paper says so."""
    from app.papers.pictures import wanted_pictures

    papers = {one.paper.sha256: one.paper for one in wanted_pictures(project) if one.paper}
    _draw([one for one in papers.values() if not _file(one.sha256).is_file()], content)
    found = {}
    for sha256 in papers:
        picture = _read(_file(sha256))
        if picture is not None:
            found[sha256] = picture
    return found


def pictures_of_session(session: "AuditSession") -> dict[str, "Picture"]:
    return pictures_of(session.project, session.paper_content)


def pictures_of_file(path: Path, project: AuditProject) -> dict[str, "Picture"]:
    """Of an audit that is not open here."""
    from app.storage.evidence import content_of_file

    return pictures_of(project, lambda sha256: content_of_file(path, sha256))


def _file(sha256: str) -> Path:
    return thumbnails_dir() / f"{sha256}.print.jpg"


def _draw(papers: Iterable[Paper], content: Callable[[str], bytes]) -> None:
    from app.bills.worker import Drawing

    with tempfile.TemporaryDirectory(prefix="cleanaudit-print-") as folder:
        drawings = []
        for number, paper in enumerate(papers):
            source = Path(folder) / f"{number}{Path(paper.name).suffix}"
            try:
                source.write_bytes(content(paper.sha256))
            except UserError:
                continue
            drawings.append(Drawing(source, 0, LONGEST, Path(folder) / f"{number}.jpg"))
        if not drawings:
            return
        _together(drawings)
        by_number = {str(number): paper for number, paper in enumerate(papers)}
        for one in drawings:
            if one.target.is_file():
                target = _file(by_number[one.target.stem].sha256)
                files.write_bytes(target, one.target.read_bytes())


def _together(drawings: "Sequence[Drawing]") -> None:
    """Many pictures in as many child processes as there are processors, four at most."""
    from app.bills.worker import draw

    hands = min(_MOST_HANDS, os.cpu_count() or 1, 1 + len(drawings) // _FEW)
    with ThreadPoolExecutor(hands) as pool:
        list(pool.map(draw, [drawings[start::hands] for start in range(hands)]))


def _read(path: Path) -> "Picture | None":
    from app.papers.document import Picture
    from app.papers.template import jpeg_size

    try:
        content = path.read_bytes()
    except OSError:
        return None
    size = jpeg_size(content)
    return None if size is None else Picture(content, *size)
