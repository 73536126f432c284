"""Words of a paper as runs of a Word paragraph: figures whole, indexes below the line, references as fields."""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from app.assessment.indicator_system import Verification
from app.papers.document import (
    Bold,
    Inline,
    LevelMark,
    LimitingMark,
    Open,
    PageOf,
    Ref,
    StateMark,
    Sub,
)
from app.papers.indexes import pieces
from app.papers.numbering import Numbers
from app.papers.unbroken import UNBROKEN
from app.word.elements import anchor, end_anchor, field

_STATES = {
    Verification.VERIFIED: "●",
    Verification.TRANSCRIBED: "◐",
    Verification.RECALLED: "◌",
}
_WORDS = qn("w:t")
_BREAKS = re.compile(r"[\t\r\n]")


class Words:
    """numbers: of tables and figures, which references name."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self._page_cells: list[tuple[Paragraph, PageOf, float]] = []
        self._made: dict[tuple[float, bool | None], Any] = {}

    def runs(self, paragraph: Paragraph, runs: Iterable[Inline], size: float = 0) -> None:
        for one in runs:
            self._inline(paragraph, one, size)

    def _inline(self, paragraph: Paragraph, one: Inline, size: float) -> None:
        match one:
            case Bold(text):
                runs = [self.run(paragraph, text, size, bold=True)]
            case Sub(text):
                runs = [self.run(paragraph, text, size)]
                runs[0].font.subscript = True
            case Ref(key):
                kind, number = self.numbers.items[key]
                before = len(paragraph.runs)
                field(paragraph, f"REF {anchor(key)} \\h", f"{kind} {number}")
                runs = paragraph.runs[before:]
                for run in runs if size else ():
                    run.font.size = Pt(size)
            case PageOf():  # its place now, its fields when every page is known
                self._page_cells.append((paragraph, one, size))
                runs = []
            case Open():
                runs = [self.run(paragraph, f"〔{one}〕", size, bold=True)]
            case LevelMark(level):
                symbol = "未定" if level is None else level.symbol
                runs = [self.run(paragraph, symbol, size, bold=True)]
            case StateMark(state):
                runs = [self.run(paragraph, _STATES[state], size)]
            case LimitingMark():
                runs = [self.run(paragraph, "限", size)]
            case str():
                runs = []
                for piece, is_below in pieces(one):
                    runs.append(self.run(paragraph, piece, size))
                    if is_below:
                        runs[-1].font.subscript = True
            case _:
                runs = [self.run(paragraph, str(one), size)]
        for run in runs:
            for words in run._r.findall(_WORDS):  # noqa: SLF001
                words.text = UNBROKEN.sub(_whole, words.text or "")

    def fill_pages(self, pages: Mapping[str, int]) -> None:
        """Set the references to pages, when every page is known. pages: by bookmark."""
        for paragraph, cell, size in self._page_cells:
            before = len(paragraph.runs)
            known: dict[str, None] = {}
            for first, last in cell.spans:
                begins, ends = anchor(first), end_anchor(last)
                said = str(pages[begins])
                if pages[ends] != pages[begins]:
                    said += f"～{pages[ends]}"
                if said in known:
                    continue
                if known:
                    paragraph.add_run("、")
                known[said] = None
                field(paragraph, f"PAGEREF {begins} \\h", str(pages[begins]))
                if pages[ends] != pages[begins]:
                    paragraph.add_run("～")
                    field(paragraph, f"PAGEREF {ends} \\h", str(pages[ends]))
            for run in paragraph.runs[before:] if size else ():
                run.font.size = Pt(size)

    def run(self, paragraph: Paragraph, text: str, size: float, *, bold: bool | None = None) -> Run:
        """A run at the end of the paragraph. Thousands look alike: each kind is made by the library once and copied."""
        empty = self._made.get((size, bold))
        if empty is None:
            run = paragraph.add_run()
            if bold is not None:
                run.bold = bold
            if size:
                run.font.size = Pt(size)
            self._made[size, bold] = copy.deepcopy(run._r)  # noqa: SLF001
        else:
            run = Run(copy.deepcopy(empty), paragraph)
            paragraph._p.append(run._r)  # noqa: SLF001
        if _BREAKS.search(text):
            run.text = text
        elif text:
            run._r.add_t(text)  # noqa: SLF001
        return run


def _whole(found: re.Match[str]) -> str:
    """A figure and its unit with spaces at which no line ends."""
    return found[0].replace("\u2009", "\u202f").replace(" ", "\xa0")
