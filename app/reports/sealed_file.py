"""The seal of a finished PDF: a comment near its end with the SHA-256 of every other byte, and what stands in the file.

The line says at once whether any byte is another than when the paper was sealed. Whoever changes a page can write a new line;
that is what setting the paper again from its data is for (app.services.verifying).
"""

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pikepdf
import pypdfium2

from app.errors import Problem, UserError
from app.reports.alone import alone

_LOG = logging.getLogger(__name__)

# Before the last lines of the file, behind which an archive (PDF/A) allows nothing; papers of 0.2.0 have it at the very end.
_LINE = re.compile(
    rb"%CleanAudit-Seal sha256=([0-9a-f]{64})\r?\n?(?=startxref\s+\d+\s+%%EOF\s*\Z|\Z)"
)


@dataclass(frozen=True)
class SealedFile:
    """bytes_hold: the seal line agrees with the bytes; None when there is none. pages: decoded drawing code of each page.
    others: decoded streams that are no page and no attachment (fonts, pictures), sorted. photos: attached JPEGs by name."""

    bytes_hold: bool | None
    package: bytes | None
    pages: tuple[bytes, ...]
    others: tuple[bytes, ...]
    photos: Mapping[str, bytes] = field(default_factory=dict)


def seal(content: bytes) -> bytes:
    """The bytes of a PDF with the line among them."""
    digest = hashlib.sha256(content).hexdigest()
    place = content.rindex(b"startxref")
    return content[:place] + f"%CleanAudit-Seal sha256={digest}\n".encode() + content[place:]


def read_sealed(content: bytes, attachment: str) -> SealedFile:
    """What stands in a PDF. UserError when it cannot be opened."""
    found = _LINE.search(content)
    holds = None
    if found is not None:
        bare = content[: found.start()] + content[found.end() :]
        holds = hashlib.sha256(bare).hexdigest().encode() == found[1]
    try:
        with pikepdf.open(io.BytesIO(content)) as file:
            package = (
                file.attachments[attachment].get_file().read_bytes()
                if attachment in file.attachments
                else None
            )
            pages = tuple(_code(page) for page in file.pages)
            others = tuple(sorted(_streams(file)))
            photos = {
                name: file.attachments[name].get_file().read_bytes()
                for name in file.attachments
                if name.endswith(".jpg")
            }
    except MemoryError:
        raise
    except Exception as error:  # whatever is odd in it, it is the file's fault
        _LOG.info("sealed paper not read", exc_info=error)
        raise UserError(
            Problem("PDF", "打不开：不是 PDF，或者坏了", "向编制单位要原文件")
        ) from error
    return SealedFile(holds, package, pages, others, photos)


@alone
def lines_of(content: bytes, places: Iterable[int]) -> dict[int, list[str]]:
    """The lines of some pages (from 0), as any reader of PDF finds them, without white space."""
    document = pypdfium2.PdfDocument(content)
    try:
        return {
            place: [
                "".join(line.split())
                for line in document[place].get_textpage().get_text_bounded().splitlines()
                if line.strip()
            ]
            for place in places
            if place < len(document)
        }
    finally:
        document.close()


def _code(page: pikepdf.Page) -> bytes:
    box = " ".join(str(part) for part in page.mediabox).encode()
    parts = page.obj.get("/Contents")
    if parts is None:
        return box
    streams = parts if isinstance(parts, pikepdf.Array) else [parts]
    return b"\n".join([box, *(one.read_bytes() for one in streams)])


def _streams(file: pikepdf.Pdf) -> list[bytes]:
    """Fonts, maps and pictures: what pages draw with."""
    found = []
    for one in file.objects:
        if isinstance(one, pikepdf.Stream) and one.get("/Type") not in (
            pikepdf.Name.EmbeddedFile,
            pikepdf.Name.Metadata,
        ):
            try:
                data = one.read_bytes()
            except pikepdf.PdfError:
                data = one.read_raw_bytes()
            found.append(hashlib.sha256(data).digest())
    return found
