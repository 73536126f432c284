"""What python-docx has no words for: fields, bookmarks, lines, kept rows. Functions on one element each; they keep nothing."""

import dataclasses
import enum
import re
from typing import Any, TypeVar, cast

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.audit.charts.shapes import Chart
from app.papers.document import Attachment
from app.papers.document import Picture as Photo

_T = TypeVar("_T")
SERIF, SANS = "宋体", "黑体"
DENSE = 1.3  # lines of tables and notes, a share of their type
_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_WORDS, _LINE_END, _TAB = qn("w:t"), qn("w:br"), qn("w:tab")
_KEEP_NEXT, _STYLE = qn("w:keepNext"), qn("w:pStyle")


def said(thing: Paragraph | _Cell) -> str:
    """Words of a paragraph or of a cell with one; the library's own way looks for each kind of thing in every run."""
    found = thing._element.iter(_WORDS, _LINE_END, _TAB)  # noqa: SLF001
    return "".join(one.text or "" if one.tag == _WORDS else str(one) for one in found)


def anchor(key: str) -> str:
    """A bookmark's name: letters, digits and underscores, 40 at most."""
    plain = "".join(one if one.isascii() and one.isalnum() else "_" for one in key)
    return f"_Ref_{plain}"[:40]


def end_anchor(key: str) -> str:
    """A bookmark's name for where the thing ends."""
    return f"{anchor(key)[:38]}_e"


def cleaned(thing: _T) -> _T:
    """The same without what XML cannot hold: a control character would make a file that Word calls damaged."""
    if isinstance(thing, Chart | Photo | Attachment | enum.Enum):
        return thing
    if isinstance(thing, str):
        return cast(_T, _NOT_XML.sub("", thing))
    if isinstance(thing, tuple):
        return cast(_T, tuple(cleaned(one) for one in thing))
    if not dataclasses.is_dataclass(thing):
        return thing
    kept = {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing)}
    changed = {name: new for name, old in kept.items() if (new := cleaned(old)) != old}
    return cast(_T, dataclasses.replace(cast(Any, thing), **changed)) if changed else thing


def mark(paragraph: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)  # noqa: SLF001


def field(paragraph: Paragraph, code: str, shown: str) -> None:
    """A field with the text it shows until Word works it out."""
    begin_field(paragraph, code)
    paragraph.add_run(shown)
    mark(paragraph, "end")


def begin_field(paragraph: Paragraph, code: str) -> None:
    """A field up to what it shows, which the caller sets and ends with mark "end"."""
    mark(paragraph, "begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)  # noqa: SLF001
    mark(paragraph, "separate")


def bookmark(number: int, name: str) -> tuple[Any, Any]:
    """The two ends of a bookmark; number: another for each in the file."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for one in (start, end):
        one.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    return start, end


def tiny(paragraph: Paragraph) -> None:
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = Pt(1)


def exact_lines(form: Any, size: float) -> float:
    """Lines of an exact height, so that every machine sets the same pages whatever fonts it has."""
    high = round(size * DENSE, 1)
    form.line_spacing = Pt(high)
    return high


def east(run: Any, font: str) -> None:
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001


def set_font(style: Any, name: str, size: float, *, bold: bool = False) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = "Times New Roman", Pt(size), bold, False
    font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    fonts.set(qn("w:eastAsia"), name)
    if name == SANS:
        for kind in ("ascii", "hAnsi"):
            fonts.set(qn(f"w:{kind}"), name)


def number_pages(section: Section, form: str, start: int | None) -> None:
    """How the pages of a section and of those after it are numbered, and with what they begin."""
    properties = section._sectPr  # noqa: SLF001 - python-docx has no public way
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    kind = OxmlElement("w:pgNumType")
    kind.set(qn("w:fmt"), form)
    if start is not None:
        kind.set(qn("w:start"), str(start))
    margins = properties.find(qn("w:pgMar"))
    margins.addnext(kind)


def _line(side: str, eighths: int) -> Any:
    """A black line; width in eighths of a point."""
    line = OxmlElement(f"w:{side}")
    for name, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "0"),
        ("color", "000000"),
    ):
        line.set(qn(f"w:{name}"), value)
    return line


def line_below(cell: Any, eighths: int) -> None:
    """A line under a cell that has none; width in eighths of a point."""
    properties = cell.get_or_add_tcPr()
    if properties.find(qn("w:tcBorders")) is None:
        under = OxmlElement("w:tcBorders")
        under.append(_line("bottom", eighths))
        properties.append(under)


def lines_around(table: Any) -> None:
    """Strong lines above and below a table."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom"):
        borders.append(_line(side, 12))
    about = table._tbl.tblPr  # noqa: SLF001
    layout = about.find(qn("w:tblLayout"))  # the schema fixes the order
    if layout is None:
        about.append(borders)
    else:
        layout.addprevious(borders)


def pad(table: Any, points: float) -> None:
    """The room left and right of the words of every cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        room = OxmlElement(f"w:{side}")
        room.set(qn("w:w"), str(round(points * 20)))
        room.set(qn("w:type"), "dxa")
        margins.append(room)
    properties = table._tbl.tblPr  # noqa: SLF001
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def repeat_row(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001
    keep_row(row)


def keep_with_next(paragraph: Any) -> None:
    """paragraph_format.keep_with_next of an element; the library looks for every mark that could stand behind it."""
    form = paragraph.get_or_add_pPr()
    if form.find(_KEEP_NEXT) is None:
        styled = len(form) and form[0].tag == _STYLE
        form.insert(1 if styled else 0, OxmlElement("w:keepNext"))


def keep_row(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
