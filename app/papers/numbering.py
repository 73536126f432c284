"""Numbers of chapters, tables and figures, worked out before layout, so that references need no pass of their own."""

from dataclasses import dataclass, field

from app.papers.document import Document, Figure, Table


@dataclass(frozen=True)
class Entry:
    """A line of the contents: kind h1, h2, 表 or 图."""

    kind: str
    number: str
    title: str
    key: str
    label: str


@dataclass
class Numbers:
    """chapters: id() of a chapter -> its number or letter. items: key -> (表 or 图, number)."""

    chapters: dict[int, str] = field(default_factory=dict)
    items: dict[str, tuple[str, str]] = field(default_factory=dict)


def number_all(document: Document) -> Numbers:
    numbers = Numbers()
    parts = [(chapter, str(place)) for place, chapter in enumerate(document.chapters, 1)]
    parts += [(chapter, chr(ord("A") + place)) for place, chapter in enumerate(document.appendices)]
    for chapter, name in parts:
        numbers.chapters[id(chapter)] = name
        tables = figures = 0
        for block in chapter.blocks:
            if isinstance(block, Table):
                tables += 1
                numbers.items[block.key] = ("表", f"{name}-{tables}")
            elif isinstance(block, Figure):
                figures += 1
                numbers.items[block.key] = ("图", f"{name}-{figures}")
    return numbers
