"""The places of a paper a reader can point at: paragraphs, tables, rows of tables, figures; and where one went in a later edition."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from app.papers.document import (
    Block,
    Document,
    Figure,
    Paragraph,
    Ref,
    Row,
    Runs,
    Section,
    SubSection,
    Table,
    cell_text,
)
from app.papers.numbering import Numbers, number_all

_SAME_PARAGRAPH = (
    0.5  # likeness (0..1) above which a paragraph is taken for the changed form of another
)
_ENOUGH = 40  # characters that tell a paragraph from its neighbours on a printed page
_MOST_ROWS = 8


class Kind(Enum):
    PARAGRAPH = auto()
    TABLE = auto()
    ROW = auto()
    FIGURE = auto()


@dataclass(frozen=True)
class Place:
    """id: the same in every edition while chapter, section and name stay. section: 「3.2 水平衡」. where: with the table or
    figure, 「3.2 水平衡 表 3-4」. words: what is printed there; lines of a table are its rows. mark: the words to look for on a page."""

    id: str
    kind: Kind
    section: str
    where: str
    words: str
    mark: str


def places_of(document: Document) -> tuple[Place, ...]:
    """Every place of the paper, in its order."""
    numbers = number_all(document)
    found: list[Place] = []
    for page in document.front:
        found += _of_blocks(page.blocks, (page.title, ""), page.title, numbers)
    for chapter in (*document.chapters, *document.appendices):
        name = numbers.chapters[id(chapter)]
        found += _of_chapter(chapter.blocks, chapter.title, name, numbers)
    return tuple(found)


def _of_chapter(
    blocks: Sequence[Block], title: str, name: str, numbers: Numbers
) -> Iterator[Place]:
    section, place, inside = "", 0, list[Block]()
    where = f"{name} {title}"
    for block in blocks:
        if isinstance(block, Section):
            yield from _of_blocks(inside, (title, section), where, numbers)
            place, section, inside = place + 1, block.title, []
            where = f"{name}.{place} {section}"
        else:
            inside.append(block)
    yield from _of_blocks(inside, (title, section), where, numbers)


def _of_blocks(
    blocks: Sequence[Block], path: tuple[str, str], where: str, numbers: Numbers
) -> Iterator[Place]:
    root, paragraphs = "|".join(path), 0
    for block in blocks:
        match block:
            case Paragraph(runs):
                words = _said(runs, numbers)
                if words.strip():
                    paragraphs += 1
                    yield Place(
                        f"{root}|p{paragraphs}",
                        Kind.PARAGRAPH,
                        where,
                        where,
                        words,
                        words[:_ENOUGH],
                    )
            case SubSection(title):
                yield Place(f"{root}|s:{title}", Kind.PARAGRAPH, where, where, title, title)
            case Table():
                yield from _of_table(block, root, where, numbers)
            case Figure(key, caption):
                label = " ".join((*numbers.items.get(key, ()), caption)).strip()
                yield Place(
                    f"{root}|f:{key}", Kind.FIGURE, where, f"{where} {label}", label, caption
                )
            case _:
                pass


def _of_table(table: Table, root: str, where: str, numbers: Numbers) -> Iterator[Place]:
    label = " ".join((*numbers.items.get(table.key, ()), table.caption)).strip()
    rows = [_row(row, numbers) for row in table.rows]
    words = "\n".join((label, *(row for row in rows if row)))
    full = f"{where} {label}"
    yield Place(f"{root}|t:{table.key}", Kind.TABLE, where, full, words, table.caption)
    seen: dict[str, int] = {}
    for row, said in zip(table.rows, rows, strict=True):
        name = next((one for one in (_cell(cell, numbers) for cell in row.cells) if one), "")
        if not said or not name:
            continue
        seen[name] = seen.get(name, 0) + 1
        again = f"#{seen[name]}" if seen[name] > 1 else ""
        row_id = f"{root}|r:{table.key}|{name}{again}"
        yield Place(row_id, Kind.ROW, where, full, said, name)


def _row(row: Row, numbers: Numbers) -> str:
    return " · ".join(one for one in (_cell(cell, numbers) for cell in row.cells) if one)


def _cell(cell: object, numbers: Numbers) -> str:
    if isinstance(cell, tuple):
        return _said(cell, numbers).strip()
    return cell_text(cell).replace("\n", "").strip()  # type: ignore[arg-type]


def _said(runs: Runs, numbers: Numbers) -> str:
    return "".join(
        "".join(numbers.items.get(one.key, ("", ""))) if isinstance(one, Ref) else cell_text(one)
        for one in runs
    )


def find_again(wanted: str, words: str, places: Sequence[Place]) -> Place | None:
    """The place of an earlier edition in a later one: a table, row or figure by its id; a paragraph by its words, changed
    ones by likeness within the same section. None when it is gone."""
    by_id = {one.id: one for one in places}
    root, _, last = wanted.rpartition("|")
    if not last.startswith("p") or not last[1:].isdecimal():
        return by_id.get(wanted)
    near = [
        one for one in places if one.id.rpartition("|")[0] == root and one.kind is Kind.PARAGRAPH
    ]
    same = next((one for one in near if one.words == words), None)
    if same is not None:
        return same
    likeness = [
        (difflib.SequenceMatcher(a=words, b=one.words, autojunk=False).ratio(), one) for one in near
    ]
    best = max(likeness, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] >= _SAME_PARAGRAPH else None


@dataclass(frozen=True)
class Piece:
    """A stretch of a change: kind 「same」, 「out」 or 「in」."""

    kind: str
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """What went out and what came in, in reading order. Of several lines only those that differ are kept."""
    if "\n" in before or "\n" in after:
        before, after = _differing_lines(before, after)
    found: list[Piece] = []
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[a1:a2])))
            continue
        if a2 > a1:
            found.append(Piece("out", "".join(old[a1:a2])))
        if b2 > b1:
            found.append(Piece("in", "".join(new[b1:b2])))
    return tuple(found)


# A number or a word of Latin letters changes as a whole, anything else by the character.
_TOKEN = re.compile(r"\d(?:[\d.,\u2009]*\d)?|[A-Za-z]+|.", re.DOTALL)


def shown_change(before: str, after: str) -> tuple[str, str]:
    """Both sides as a table of replies prints them: of a table its caption and the rows that differ, at most eight."""
    if "\n" not in before and "\n" not in after:
        return before, after
    return _differing_lines(before, after)


def _differing_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.split("\n"), after.split("\n")
    out, into = list[str](), list[str]()
    for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            out += old[a1:a2]
            into += new[b1:b2]
    if not out and not into:
        return old[0], new[0]
    return _head(old[0], out), _head(new[0], into)


def _head(caption: str, lines: list[str]) -> str:
    rows = [line for line in lines if line != caption]
    more = [f"……（另有 {len(rows) - _MOST_ROWS} 行）"] if len(rows) > _MOST_ROWS else []
    return "\n".join((caption, *rows[:_MOST_ROWS], *more))
