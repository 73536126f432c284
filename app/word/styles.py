"""The styles of a Word file: those of the program, or of a place that says its own."""

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from app.papers.document import Layout
from app.word.elements import SANS, SERIF, exact_lines, set_font

LISTS = (("表目录", "表", "表题"), ("图目录", "图", "图题"))  # title, kind, style of the captions
_LEVELS = {1: 15.0, 2: 13.0, 3: 12.0}
_PARAGRAPH = WD_STYLE_TYPE.PARAGRAPH


def set_styles(word: Word, own: Layout | None, *, body: float, leading: float) -> dict[int, float]:
    """body, leading: of its type and from line to line, in points. Sizes of headings by level."""
    styles = word.styles
    serif = SERIF if own is None else own.body_font
    sans = SANS if own is None else own.heading_font
    sizes = (
        dict(_LEVELS)
        if own is None
        else {1: own.heading_1, 2: own.heading_2, 3: max(12.0, own.body)}
    )
    set_font(styles["Normal"], serif, 10.5 if own is None else own.caption)
    normal = styles["Normal"]
    exact_lines(normal.paragraph_format, 10.5 if own is None else own.caption)
    # Gaps between Chinese and Latin that Word adds by itself make a figure wider than its column.
    about = normal.element.get_or_add_pPr()
    for name in ("autoSpaceDE", "autoSpaceDN"):
        off = OxmlElement(f"w:{name}")
        off.set(qn("w:val"), "0")
        about.insert_element_before(
            off, "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
            "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr",
        )  # fmt: skip
    set_font(styles["Body Text"], serif, body)
    form = styles["Body Text"].paragraph_format
    form.space_after, form.line_spacing = Pt(0), Pt(leading)
    for level, size in sizes.items():
        style = styles[f"Heading {level}"]
        set_font(style, sans, size, bold=level < 3)
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(10 if level < 3 else 5), Pt(5)
        form.line_spacing = Pt(round(size * 1.4, 1))
        form.keep_with_next = True
    # A style of their own for tables and for figures: a list of them is made of it.
    for name in ("Caption", *(style for *_, style in LISTS)):
        caption = styles[name] if name == "Caption" else styles.add_style(name, _PARAGRAPH)
        if name != "Caption":
            caption.base_style = styles["Caption"]
        set_font(caption, SANS, 10.5 if own is None else own.caption)
        form = caption.paragraph_format
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form.space_before, form.space_after = Pt(4), Pt(3)
        exact_lines(form, 10.5 if own is None else own.caption)
    return sizes
