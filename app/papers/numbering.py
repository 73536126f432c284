"""Numbers of chapters, tables and figures, worked out before layout, so that references need no pass of their own."""

from dataclasses import dataclass, field

from app.papers.document import Document, Figure, Section, Table


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


def entries_of(document: Document, numbers: Numbers) -> list[Entry]:
    """The lines of the contents in order, before anybody knows on which page they stand."""
    entries: list[Entry] = []
    parts = [("", chapter) for chapter in document.chapters]
    parts += [("附录 ", chapter) for chapter in document.appendices]
    for kind, chapter in parts:
        name = numbers.chapters[id(chapter)]
        entries.append(Entry("h1", f"{kind}{name}", chapter.title, f"H{kind}{name}", ""))
        section = 0
        for block in chapter.blocks:
            if isinstance(block, Section):
                section += 1
                number = f"{name}.{section}"
                entries.append(Entry("h2", number, block.title, f"H{number}", ""))
            elif isinstance(block, Table | Figure):
                sort, number = numbers.items[block.key]
                entries.append(Entry(sort, number, block.caption, block.key, ""))
    return entries


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
