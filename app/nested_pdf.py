"""PDFs whose forms draw each other: some hundred bytes that would keep any reader at work until its memory is gone.

Asked before a reader of pages touches a stranger's file. A form may draw other forms; how often all of them would be drawn is
counted from the page's own words, without drawing. What only looks odd is left to the reader, which has limits of its own.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable

import pikepdf

from app.errors import Problem, UserError

_MOST_DRAWN = 50_000  # a page; maps and plans come to some thousands
_DEEPEST = 30  # forms within forms; what programs write has five
_DRAWS = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_CODED = re.compile(rb"#([0-9A-Fa-f]{2})")


_ODD = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class _Nested(Exception):
    """Drawn without end, or as good as."""


def refuse_nested(data: bytes, name: str, pages: Iterable[int] | None = None) -> None:
    """UserError where the forms of a page draw each other without end: of all pages, or of these (from 0; for one behind the
    last page, of the last)."""
    try:
        with pikepdf.open(io.BytesIO(data)) as file:
            known: dict[tuple[int, int], int] = {}
            last = len(file.pages) - 1
            for number in range(last + 1) if pages is None else {min(one, last) for one in pages}:
                _look(file.pages[number].obj, known)
    except _Nested:
        raise UserError(
            Problem(
                name,
                "里面的图形自己套着自己，画起来没完没了，没有读",
                "向给文件的单位另要一份，或者打印到纸上、拍照再用",
            )
        ) from None
    except (pikepdf.PikepdfError, *_ODD):
        return  # a password, damage: the reader says what is wrong with it


def _look(page: pikepdf.Object, known: dict[tuple[int, int], int]) -> None:
    """Raises _Nested. known: how many forms are drawn by each that was counted, itself included."""
    resources = page.get("/Resources")
    parts = page.get("/Contents")
    streams = list(parts) if isinstance(parts, pikepdf.Array) else [parts]
    words = b"\n".join(one.read_bytes() for one in streams if isinstance(one, pikepdf.Stream))
    total = _forms_in(words, resources, known, ())
    notes = page.get("/Annots")
    for note in notes if isinstance(notes, pikepdf.Array) else ():
        looks = note.get("/AP")
        shown = None if looks is None else looks.get("/N")
        if isinstance(shown, pikepdf.Stream):
            total += _form(shown, resources, known, ())
    if total > _MOST_DRAWN:
        raise _Nested


def _forms_in(
    words: bytes,
    resources: pikepdf.Object | None,
    known: dict[tuple[int, int], int],
    above: tuple[tuple[int, int], ...],
) -> int:
    forms = None if resources is None else resources.get("/XObject")
    if forms is None:
        return 0
    total = 0
    for coded, times in Counter(_DRAWS.findall(words)).items():
        name = "/" + _CODED.sub(lambda hit: bytes([int(hit[1], 16)]), coded).decode("latin-1")
        form = forms.get(name)
        if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == "/Form":
            total += times * _form(form, resources, known, above)
    return total


def _form(
    form: pikepdf.Stream,
    resources: pikepdf.Object | None,
    known: dict[tuple[int, int], int],
    above: tuple[tuple[int, int], ...],
) -> int:
    own = form.objgen
    if own in above or len(above) >= _DEEPEST:
        raise _Nested
    if own not in known:
        within = form.get("/Resources", resources)
        known[own] = 1 + _forms_in(form.read_bytes(), within, known, (*above, own))
        if known[own] > _MOST_DRAWN:
            raise _Nested
    return known[own]
