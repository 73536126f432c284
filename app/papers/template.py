"""A consultant's own look for a report: words of the running head, lines and logo of the cover, text of the page of
qualification, text before chapters, number of copies, layout. It is kept in the audit (the answer `paper.template`), so that
the paper is the same on every machine and a sealed one can be set again from its package."""

import base64
import binascii
import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app import paths
from app.forms.answer import AnswerBook
from app.papers.document import Layout

KEY = "paper.template"
OWN = "product"
LIMITS = {
    "top": (22.0, 45.0), "bottom": (20.0, 45.0), "left": (18.0, 42.0), "right": (15.0, 35.0),
    "body": (10.5, 16.0), "leading": (15.0, 36.0), "heading_1": (12.0, 24.0), "heading_2": (12.0, 20.0),
    "caption": (8.0, 13.0),
}  # fmt: skip
"""Least and most of a layout's numbers: heads and feet stay clear, tables and figures of the report find room."""


@dataclass(frozen=True)
class Template:
    """cover: (label, text) beside the facts. chapters: title of a chapter -> paragraphs before its first section, in which
    figures may be bound. logo: PNG or JPEG, b"" = none. layout: id of a `Layout`, "" = the program's own. setting: what this
    template sets otherwise, by the name of a number of `Layout`."""

    name: str
    consultant: str = ""
    head: str = ""
    cover: tuple[tuple[str, str], ...] = ()
    qualification: tuple[str, ...] = ()
    chapters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    copies: str = ""
    layout: str = ""
    logo: bytes = b""
    setting: Mapping[str, float] = field(default_factory=dict)

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
        if self.setting:  # templates of before keep their text
            plain["setting"] = dict(self.setting)
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
            {name: float(plain["setting"][name]) for name in LIMITS if name in plain["setting"]}
            if "setting" in plain
            else {},
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        return None


@functools.cache
def layouts() -> Mapping[str, Layout]:
    """The layouts of bureaus and the program's own (resources/design/paper_profiles.json), by id."""
    text = (paths.resources_dir() / "design" / "paper_profiles.json").read_text("utf-8")
    found: list[dict[str, Any]] = json.loads(text)["layouts"]
    return {one["id"]: Layout(**one) for one in found}


def layout_of(template: Template | None) -> Layout | None:
    """The layout a template asks for; None = the program's own. Numbers outside their limits are left as they were."""
    if template is None or not (template.layout or template.setting):
        return None
    base = layouts().get(template.layout or OWN, layouts()[OWN])
    inside = {
        name: value
        for name, value in template.setting.items()
        if LIMITS[name][0] <= value <= LIMITS[name][1]
    }
    return replace(base, **inside)  # type: ignore[arg-type]


def unplaced_chapters(template: Template | None, titles: Collection[str]) -> tuple[str, ...]:
    """Chapters the template has text for and a paper with these chapters has not."""
    return () if template is None else tuple(one for one in template.chapters if one not in titles)


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
