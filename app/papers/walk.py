"""Every part of a paper with its place, without anything of the typesetter: quick to import where a paper is only built."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

from app.audit.charts.shapes import Chart, Words
from app.papers.document import Amount, Attachment, Document, Figure, Open, Picture, Table

_NOT_PRINTED = {
    "key",
    "spans",
    "reason",
    "qr_text",
    "keywords",
    "author",
    "size",
    "sheet",
    "align",
    "kind",
    "anchor",
}


Places = list[tuple[str, object]]


def places(document: Document) -> Places:
    """(where, thing) of every part of the paper, down to single cells."""
    found: Places = []
    _inside("封面", document.cover, found)
    _inside("编制与责任", document.signatures, found)
    for words in (document.head_left, document.head_right, document.foot, document.check):
        found.append(("页眉页脚", words))
    for page in document.front:
        _inside(page.title, page, found)
    for chapter in (*document.chapters, *document.appendices):
        _inside(chapter.title, chapter, found)
    return found


def _inside(where: str, thing: object, found: Places) -> None:
    if isinstance(thing, tuple):
        for one in thing:
            _inside(where, one, found)
        return
    found.append((where, thing))
    if isinstance(thing, str | Amount | Picture):
        return  # an amount is printed as one
    if isinstance(thing, Table | Figure) and thing.caption:
        where = f"{where} › {thing.caption}"
    if isinstance(thing, Chart):
        found += [(where, item.text) for item in thing.items if isinstance(item, Words)]
        return
    kind: Any = type(thing)
    for name in _printed(kind):
        _inside(where, getattr(thing, name), found)


@functools.cache
def _printed(kind: type[Any]) -> tuple[str, ...]:
    """The names of the parts of a thing that are printed."""
    if not dataclasses.is_dataclass(kind) or kind is Attachment:
        return ()
    return tuple(one.name for one in dataclasses.fields(kind) if one.name not in _NOT_PRINTED)


def open_places(document: Document) -> dict[str, int]:
    """Where something is 未填 in the chapters and appendices, with the number of cells."""
    counted: dict[str, int] = {}
    for chapter in (*document.chapters, *document.appendices):
        found: Places = []
        _inside(chapter.title, chapter, found)
        for where, thing in found:
            if isinstance(thing, Open):
                counted[where] = counted.get(where, 0) + 1
    return counted


def texts_of(document: Document) -> Iterator[tuple[str, str]]:
    """(where, text) of everything that will be printed."""
    for where, thing in places(document):
        if isinstance(thing, str):
            yield where, thing
        elif isinstance(thing, Amount):
            yield where, str(thing)
