"""The report as one page for a browser, without a network: every number opens the way it was worked out.

One file: words, tables, pictures, styles and script inside. The chains stand once each in a table of nodes; a number names its
node. Nothing is fetched, nothing is sent; without script the page still reads and prints.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from app import paths
from app.assessment.numbers import brief, round_half_up
from app.assessment.trace import Trace
from app.forms.printed_formula import printed_formula
from app.papers.document import (
    Align,
    Amount,
    Away,
    Bar,
    Block,
    Bold,
    Cell,
    Chapter,
    Document,
    EditionBox,
    Figure,
    Inline,
    JoinLeft,
    JoinUp,
    LevelMark,
    LimitingMark,
    Open,
    PageOf,
    Paragraph,
    Picture,
    Progress,
    Ref,
    RowKind,
    Runs,
    SealRow,
    Section,
    Sheet,
    StateMark,
    Sub,
    SubSection,
    Table,
    cell_text,
)
from app.papers.indexes import pieces
from app.papers.numbering import number_all
from app.reports.pictures import chart_png

Chain = Callable[[str], Trace | None]
_STATES = {"verified": "已核对原文", "transcribed": "转录，待核", "recalled": "凭记忆，待核"}


def reader_page(document: Document, chain: Chain) -> bytes:
    """The page as UTF-8 bytes. chain: the trace behind a number's key, None where there is none."""
    return _Page(document, chain).bytes()


class _Page:
    def __init__(self, document: Document, chain: Chain) -> None:
        self.document, self.chain = document, chain
        self.numbers = number_all(document)
        self.nodes: list[dict[str, object]] = []
        self._node_of: dict[int, int] = {}
        self._traces: list[Trace] = []
        self._keys: dict[str, int | None] = {}

    def bytes(self) -> bytes:
        body = "".join(self._body())
        contents = "".join(self._contents())
        style, script = (
            (paths.resources_dir() / "design" / "reader_page" / name).read_text(encoding="utf-8")
            for name in ("page.css", "page.js")
        )
        data = json.dumps(self.nodes, ensure_ascii=False, separators=(",", ":"))
        data = data.replace(
            "<", "\\u003c"
        )  # neither </script> nor <!-- <script> ends or hides anything
        document = self.document
        title = _text(document.title)
        return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><header><b>{_text(document.enterprise)}</b> <span>{_text(document.head_left)}　{_text(document.foot)}　{_text(document.check)}</span>
<label>找 <input id="find" type="search" placeholder="表名、数、字" autocomplete="off"></label> <span id="found" role="status"></span></header>
<nav aria-label="目录">{contents}</nav>
<main>{body}</main>
<aside id="chain" hidden aria-live="polite" aria-label="这个数怎么来的"><button id="close" type="button">关上</button><div id="steps"></div></aside>
<noscript><p class="note">这个浏览器不运行脚本：页面能看能印，点数字看不了来历。</p></noscript>
<script id="nodes" type="application/json">{data}</script><script>{script}</script></body></html>
""".encode()

    # -- structure

    def _parts(self) -> Iterator[tuple[str, Chapter, bool]]:
        for chapter in self.document.chapters:
            yield self.numbers.chapters[id(chapter)], chapter, False
        for chapter in self.document.appendices:
            yield self.numbers.chapters[id(chapter)], chapter, True

    def _contents(self) -> Iterator[str]:
        yield "<ol>"
        for name, chapter, appendix in self._parts():
            word = f"附录 {name}" if appendix else name
            yield f'<li><a href="#c{name}">{word}　{_text(chapter.title)}</a></li>'
        yield "</ol>"

    def _body(self) -> Iterator[str]:
        cover = self.document.cover
        if cover is not None:
            yield f"<h1>{_text(cover.enterprise)}<br>{_text(cover.title)}</h1><p>{_text(cover.subtitle)}</p><dl>"
            for fact, value in cover.facts:
                yield f"<dt>{_text(fact)}</dt><dd>{_text(value)}</dd>"
            yield f"</dl><p>{_text(cover.month)}</p>"
        for page in self.document.front:
            yield f"<section><h2>{_text(page.title)}</h2>"
            yield from self._blocks(page.blocks, "")
            yield "</section>"
        for name, chapter, appendix in self._parts():
            word = f"附录 {name}" if appendix else name
            yield f'<section id="c{name}"{_sheet(chapter.sheet)}><h2>{word}　{_text(chapter.title)}</h2>'
            yield from self._blocks(chapter.blocks, name)
            yield "</section>"

    def _blocks(self, blocks: tuple[Block, ...], chapter: str) -> Iterator[str]:
        section = 0
        for block in blocks:
            match block:
                case Section(title):
                    section += 1
                    number = f"{chapter}.{section}　" if chapter else ""
                    yield f"<h3>{number}{_text(title)}</h3>"
                case SubSection(title):
                    yield f"<h4>{_text(title)}</h4>"
                case Paragraph(runs):
                    yield f"<p>{self._runs(runs)}</p>"
                case Table():
                    yield from self._table(block, chapter)
                case Figure():
                    kind, number = self.numbers.items[block.key]
                    is_photo = isinstance(block.chart, Picture)
                    content = (
                        block.chart.content
                        if isinstance(block.chart, Picture)
                        else chart_png(block.chart)
                    )
                    kind_of = "jpeg" if is_photo else "png"
                    picture = base64.b64encode(content).decode()
                    caption = f"{kind} {number}　{_text(block.caption)}"
                    yield f'<figure id="{_anchor(block.key)}"><img alt="{caption}" src="data:image/{kind_of};base64,{picture}">'
                    yield f"<figcaption>{caption}</figcaption></figure>"
                    yield from (f'<p class="note">{self._runs(note)}</p>' for note in block.notes)
                case SealRow():
                    for seal in block.seals:
                        yield f"<p>{_text(seal.role)}　{_text(seal.name)}</p>"
                case EditionBox():
                    yield f'<p class="edition"><b>{_text(block.number)}</b><br>{_text(block.sha256)}<br>{_text(block.note)}</p>'
                case _:
                    pass

    # -- tables

    def _table(self, table: Table, chapter: str) -> Iterator[str]:
        table = _without_pages(table)
        yield f'<div class="scroll"><table id="{_anchor(table.key)}"{_sheet(table.sheet)}>'
        if chapter and table.caption:
            kind, number = self.numbers.items[table.key]
            yield f"<caption>{kind} {number}　{_text(table.caption)}</caption>"
        yield "<thead>"
        grouped = any(column.group for column in table.columns)
        if grouped:
            yield "<tr>"
            place = 0
            while place < len(table.columns):
                column = table.columns[place]
                if not column.group:
                    yield f'<th rowspan="2">{_head(column.title, column.unit)}</th>'
                    place += 1
                    continue
                span = 1
                while (
                    place + span < len(table.columns)
                    and table.columns[place + span].group == column.group
                ):
                    span += 1
                yield f'<th colspan="{span}">{_text(column.group)}</th>'
                place += span
            yield "</tr>"
        yield "<tr>"
        yield from (
            f"<th>{_head(column.title, column.unit)}</th>"
            for column in table.columns
            if not grouped or column.group
        )
        yield "</tr></thead><tbody>"
        sums = _sums(table)
        for number_, row in enumerate(table.rows):
            mark = {RowKind.GROUP: "group", RowKind.TOTAL: "total", RowKind.STRONG: "total"}
            yield f'<tr class="{mark.get(row.kind, "")}{" bar" if row.bar else ""}">'
            if row.kind is RowKind.GROUP and len(row.cells) == 1:
                yield f'<td colspan="{len(table.columns)}">{self._cell(row.cells[0])}</td></tr>'
                continue
            for place, cell in enumerate(row.cells):
                if isinstance(cell, JoinLeft | JoinUp):
                    continue
                across = down = 1
                while place + across < len(row.cells) and isinstance(
                    row.cells[place + across], JoinLeft
                ):
                    across += 1
                while number_ + down < len(table.rows) and (
                    place < len(table.rows[number_ + down].cells)
                    and isinstance(table.rows[number_ + down].cells[place], JoinUp)
                ):
                    down += 1
                spans = (f' colspan="{across}"' if across > 1 else "") + (
                    f' rowspan="{down}"' if down > 1 else ""
                )
                align = table.columns[place].align if place < len(table.columns) else Align.TEXT
                parts = sums.get((number_, place)) if isinstance(cell, Amount) else None
                said = self._cell(cell) if parts is None else self._sum(cell, parts)
                yield f'<td class="{align.value}"{spans}>{said}</td>'
            yield "</tr>"
        yield "</tbody></table></div>"
        yield from (f'<p class="note">{self._runs(note)}</p>' for note in table.notes)

    def _cell(self, cell: Cell) -> str:
        assert not isinstance(cell, JoinLeft | JoinUp)
        return self._runs(cell if isinstance(cell, tuple) else (cell,))

    # -- runs

    def _runs(self, runs: Runs) -> str:
        return "".join(self._inline(one) for one in runs)

    def _inline(self, one: Inline) -> str:
        match one:
            case str():
                parts = pieces(one)
                return "".join(
                    f"<sub>{_text(t)}</sub>" if below else _whole(_text(t)) for t, below in parts
                )
            case Amount() | Away() | Open():
                shown = f"〔{one}〕" if isinstance(one, Open) else str(one)
                node = self._node(one.key) if one.key else None
                if node is None:
                    return f'<span class="n">{_text(shown)}</span>'
                return (
                    f'<a class="n" href="#n{node}" data-n="{node}" data-key="{_text(one.key)}">'
                    f"{_text(shown)}</a>"
                )
            case Bold(text):
                return f"<b>{_text(text)}</b>"
            case Sub(text):
                return f"<sub>{_text(text)}</sub>"
            case Ref(key):
                kind, number = self.numbers.items[key]
                return f'<a href="#{_anchor(key)}">{kind} {number}</a>'
            case LevelMark(level):
                return f"<b>{'未定' if level is None else level.symbol}</b>"
            case StateMark(state):
                return f'<span class="state">{_STATES[state.value]}</span>'
            case LimitingMark():
                return '<span class="state">限</span>'
            case PageOf():
                return ""  # no pages here: see `_without_pages`
            case Progress() | Bar():
                return f'<span class="state">{one}</span>'

    def _sum(self, cell: Cell, parts: list[tuple[str, Amount]]) -> str:
        """A total without a way of its own: the numbers above it, each with its way."""
        assert isinstance(cell, Amount)
        if cell.key and self._node(cell.key) is not None:
            return self._cell(cell)
        children = []
        for name, one in parts:
            node = self._node(one.key) if one.key else None
            if node is None:
                self.nodes.append({"l": name, "v": f"{one} {one.unit}".strip()})
                node = len(self.nodes) - 1
            children.append(node)
        formula = " + ".join(f"（{one}）" if one.value < 0 else str(one) for _, one in parts)
        said: dict[str, object] = {
            "l": "各行相加",
            "v": f"{cell} {cell.unit}".strip(),
            "f": formula,
            "c": children,
        }
        self.nodes.append(said)
        node = len(self.nodes) - 1
        return f'<a class="n" href="#n{node}" data-n="{node}">{_text(str(cell))}</a>'

    # -- chains

    def _node(self, key: str) -> int | None:
        if key not in self._keys:
            trace = self.chain(key)
            self._keys[key] = None if trace is None else self._place(trace)
        return self._keys[key]

    def _place(self, trace: Trace) -> int:
        known = self._node_of.get(id(trace))
        if known is not None:
            return known
        children = [self._place(one) for one in trace.children]
        value = trace.value
        if value is None:
            shown, unit = ("不适用", "") if _is_away(trace) else ("未填", trace.unit)
        else:
            shown, unit = brief(value) if isinstance(value, Fraction) else value, trace.unit
        node: dict[str, object] = {"l": trace.label, "v": f"{shown} {unit}".strip()}
        formula, _ = printed_formula(trace, len(shown.partition(".")[2]))
        for name, text in (("f", formula), ("s", trace.source), ("n", trace.note)):
            if text:
                node[name] = text
        if trace.verification is not None:
            node["t"] = _STATES[trace.verification.value]
        if children:
            node["c"] = children
        self.nodes.append(node)
        self._traces.append(trace)  # alive as long as its id names the node
        self._node_of[id(trace)] = len(self.nodes) - 1
        return len(self.nodes) - 1


_CODE = re.compile(r"(?<![\w&;])[A-Za-z0-9./〔〕]{1,12}(?:-[A-Za-z0-9./]{1,8})+(?![\w;])")


def _whole(text: str) -> str:
    """Days and codes as one word: a browser would break them at their hyphens."""
    return _CODE.sub(lambda found: f'<span class="w">{found[0]}</span>', text)


def _text(text: str) -> str:
    return html.escape(text)


def _is_away(trace: Trace) -> bool:
    """Whether a value is not there because something it is worked out of does not apply."""
    return trace.note.startswith("不适用") or any(
        one.value is None and _is_away(one) for one in trace.children
    )


def _sheet(sheet: Sheet) -> str:
    """Turned and large sheets are printed as such, or wide tables would be cut at the edge."""
    return "" if sheet is Sheet.PORTRAIT else f' class="{sheet.value}"'


def _sums(table: Table) -> dict[tuple[int, int], list[tuple[str, Amount]]]:
    """(row, column) of the totals that are the sum of what is printed above them: names and numbers of those rows."""
    found: dict[tuple[int, int], list[tuple[str, Amount]]] = {}
    body = [row for row in table.rows if row.kind is RowKind.NORMAL]
    for number_, row in enumerate(table.rows):
        if row.kind is not RowKind.TOTAL:
            continue
        for place, cell in enumerate(row.cells):
            if not isinstance(cell, Amount) or cell.high is not None or cell.bound is not None:
                continue
            parts = [
                ("　".join(filter(None, map(cell_text, one.cells[:2]))), part)
                for one in body
                if place < len(one.cells) and isinstance(part := one.cells[place], Amount)
            ]
            rounded = (Fraction(round_half_up(one.value, one.places)) for _, one in parts)
            if len(parts) > 1 and sum(rounded) == Fraction(round_half_up(cell.value, cell.places)):
                found[number_, place] = parts
    return found


def _without_pages(table: Table) -> Table:
    """Without columns of page numbers: a web page has none, its references are links."""
    away = {
        place
        for place in range(len(table.columns))
        if any(
            place < len(row.cells) and isinstance(row.cells[place], PageOf) for row in table.rows
        )
    }
    if not away:
        return table
    columns = tuple(one for place, one in enumerate(table.columns) if place not in away)
    rows = tuple(
        replace(row, cells=tuple(one for place, one in enumerate(row.cells) if place not in away))
        for row in table.rows
    )
    return replace(table, columns=columns, rows=rows)


def _head(title: str, unit: str) -> str:
    return _text(title) + (f"<br><small>{_text(unit)}</small>" if unit else "")


def _anchor(key: str) -> str:
    return "t-" + "".join(one if one.isalnum() else "-" for one in key)
