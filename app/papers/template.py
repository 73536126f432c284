"""A consultant's own look for a report: words of the running head, lines and logo of the cover, text of the page of
qualification, text before chapters, number of copies, layout. It is kept in the audit (the answer `paper.template`), so that
the paper is the same on every machine and a sealed one can be set again from its package."""

import base64
import binascii
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app import paths
from app.forms.answer import AnswerBook

KEY = "paper.template"


@dataclass(frozen=True)
class Layout:
    """Margins in mm, sizes in points; fonts as Word knows them. said: where it comes from."""

    id: str
    title: str
    said: str
    top: float
    bottom: float
    left: float
    right: float
    body_font: str
    body: float
    leading: float
    heading_font: str
    heading_1: float
    heading_2: float
    caption: float
    copies: str = ""


@dataclass(frozen=True)
class Template:
    """cover: (label, text) beside the facts. chapters: title of a chapter -> paragraphs before its first section, in which
    figures may be bound. logo: PNG or JPEG, b"" = none. layout: id of a `Layout`, "" = the program's own."""

    name: str
    consultant: str = ""
    head: str = ""
    cover: tuple[tuple[str, str], ...] = ()
    qualification: tuple[str, ...] = ()
    chapters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    copies: str = ""
    layout: str = ""
    logo: bytes = b""

    def to_text(self) -> str:
        """Canonical JSON: what the audit keeps."""
        plain = {
            "name": self.name,
            "consultant": self.consultant,
            "head": self.head,
            "cover": [list(one) for one in self.cover],
            "qualification": list(self.qualification),
            "chapters": {title: list(texts) for title, texts in self.chapters.items()},
            "copies": self.copies,
            "layout": self.layout,
            "logo": base64.b64encode(self.logo).decode("ascii"),
        }
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def template_of(book: AnswerBook) -> Template | None:
    """The template chosen for this audit; None without one, and for a text that is none of ours."""
    text = book.text(KEY)
    return template_from_text(text) if text else None


@functools.lru_cache(maxsize=8)
def template_from_text(text: str) -> Template | None:
    try:
        plain = json.loads(text)
        return Template(
            str(plain["name"]),
            str(plain["consultant"]),
            str(plain["head"]),
            tuple((str(label), str(said)) for label, said in plain["cover"]),
            tuple(map(str, plain["qualification"])),
            {str(title): tuple(map(str, texts)) for title, texts in plain["chapters"].items()},
            str(plain["copies"]),
            str(plain["layout"]),
            base64.b64decode(plain["logo"], validate=True),
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        return None


@functools.cache
def layouts() -> Mapping[str, Layout]:
    """The layouts of bureaus and the program's own (resources/design/paper_profiles.json), by id."""
    text = (paths.resources_dir() / "design" / "paper_profiles.json").read_text("utf-8")
    found: list[dict[str, Any]] = json.loads(text)["layouts"]
    return {one["id"]: Layout(**one) for one in found}


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in dots of a PNG or a JPEG; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return jpeg_size(content)


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in dots; None for what is no JPEG."""
    place = 2
    if content[:2] != b"\xff\xd8":
        return None
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in (0xC0, 0xC1, 0xC2):
            height = int.from_bytes(content[place + 5 : place + 7], "big")
            return int.from_bytes(content[place + 7 : place + 9], "big"), height
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None
