"""Set the same text and tables with this program's typesetter, typst, fpdf2 and WeasyPrint and tell the times.

python -m tools.compare_typesetters OTHER_PYTHON      e.g. of a scratch environment with typst, fpdf2 and weasyprint

The content is the report of the sample as plain headings, paragraphs and tables (the charts left out, which only
this program draws). Each typesetter runs some times in a process of its own with the shipped fonts; the least processor time
counts, start of Python and imports included.
"""

import argparse
import html
import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[1] / "resources" / "fonts"
_MOST_SECONDS = 60
SONG, SONG_BOLD, HEI = "CPASerifSC-Regular", "CPASerifSC-Bold", "CPASansSC-Medium"


def content() -> list[list[Any]]:
    """[kind, …] of every block: h1, h2, p with their text; table with its columns' widths, heads and rows."""
    from datetime import date

    from app.bootstrap import build_services
    from app.papers.audit_report import build_report
    from app.papers.document import Paragraph, Section, State, SubSection, Table, cell_text

    services = build_services()
    with tempfile.TemporaryDirectory() as folder:
        project, assessment = services.projects.load(
            services.projects.finished_sample(Path(folder))
        )
    services.close()
    report = build_report(project, assessment, state=State.DRAFT, today=date(2026, 11, 22))
    blocks: list[list[Any]] = []
    for chapter in (*report.chapters, *report.appendices):
        blocks.append(["h1", chapter.title])
        for block in chapter.blocks:
            match block:
                case Section(title) | SubSection(title):
                    blocks.append(["h2", title])
                case Paragraph(runs):
                    blocks.append(["p", cell_text(runs)])
                case Table():
                    count = len(block.columns)
                    rows = [
                        [cell_text(cell) for cell in row.cells] + [""] * (count - len(row.cells))
                        for row in block.rows
                    ]
                    heads = [f"{one.title} {one.unit}".strip() for one in block.columns]
                    widths = [one.width for one in block.columns]
                    blocks.append(["table", widths, heads, rows])
                case _:
                    pass
    return blocks


def with_ours(blocks: list[list[Any]], target: Path) -> None:
    from app.papers.document import (
        Chapter,
        Column,
        Document,
        Paragraph,
        Row,
        Section,
        Size,
        State,
        Table,
    )  # fmt: skip
    from app.reports.pdf import write_pdf

    chapters: list[Chapter] = []
    inside: list[Any] = []
    for number, block in enumerate(blocks):
        match block:
            case ["h1", title]:
                if chapters:
                    chapters[-1] = Chapter(chapters[-1].title, tuple(inside))
                chapters.append(Chapter(title, ()))
                inside = []
            case ["h2", title]:
                inside.append(Section(title))
            case ["p", text]:
                inside.append(Paragraph((text,)))
            case ["table", widths, heads, rows]:
                columns = tuple(Column(h, w) for h, w in zip(heads, widths, strict=True))
                lines = tuple(Row(tuple(row)) for row in rows)
                inside.append(Table(f"t{number}", "表", columns, lines, size=Size.SMALL))
            case _:
                raise ValueError(block)
    chapters[-1] = Chapter(chapters[-1].title, tuple(inside))
    document = Document(
        "对比", "对比", State.DRAFT, "对比", "对比", "草稿", None, None, (), tuple(chapters), ()
    )
    write_pdf(document, target)


def with_typst(blocks: list[list[Any]], target: Path) -> None:
    typst = importlib.import_module("typst")

    def text(words: str) -> str:
        return json.dumps(words, ensure_ascii=False)

    source = [
        '#set page(paper: "a4", margin: (left: 85pt, right: 66pt, top: 76pt, bottom: 70pt))',
        '#set text(font: "CPA Serif SC", size: 12pt, lang: "zh")',
        "#set par(justify: true, leading: 12pt, first-line-indent: 24pt)",
    ]
    for block in blocks:
        match block:
            case ["h1", title]:
                source.append(f"#pagebreak(weak: true)\n#heading(level: 1, {text(title)})")
            case ["h2", title]:
                source.append(f"#heading(level: 2, {text(title)})")
            case ["p", words]:
                source.append(f"#text({text(words)})\n")
            case ["table", widths, heads, rows]:
                columns = ", ".join(f"{width}fr" for width in widths)
                cells = ", ".join(text(cell) for row in rows for cell in row)
                head = ", ".join(map(text, heads))
                source.append(
                    f"#[#set text(size: 9pt)\n#set par(justify: false, leading: 4pt, first-line-indent: 0pt)\n"
                    f"#table(columns: ({columns},), stroke: (x: none, y: 0.25pt), inset: 3pt,"
                    f" table.header({head}), {cells or '[]'})]"
                )
            case _:
                raise ValueError(block)
    file = target.with_suffix(".typ")
    file.write_text("\n".join(source), "utf-8")
    target.write_bytes(typst.compile(str(file), font_paths=[str(FONTS)]))


def with_fpdf2(blocks: list[list[Any]], target: Path) -> None:
    paper = importlib.import_module("fpdf").FPDF(unit="pt", format="A4")
    paper.set_margins(85, 76, 66)
    paper.set_auto_page_break(True, 70)
    for name, file in (("Song", SONG), ("Hei", HEI)):
        paper.add_font(name, fname=str(FONTS / f"{file}.ttf"))
    paper.add_font("Song", style="B", fname=str(FONTS / f"{SONG_BOLD}.ttf"))
    for block in blocks:
        match block:
            case ["h1", title]:
                paper.add_page()
                paper.set_font("Hei", size=16)
                paper.multi_cell(0, 24, title, new_x="LMARGIN", new_y="NEXT")
            case ["h2", title]:
                paper.set_font("Hei", size=14)
                paper.multi_cell(0, 22, title, new_x="LMARGIN", new_y="NEXT")
            case ["p", words]:
                paper.set_font("Song", size=12)
                paper.multi_cell(0, 24, words, new_x="LMARGIN", new_y="NEXT", wrapmode="CHAR")
            case ["table", widths, heads, rows]:
                paper.set_font("Song", size=9)
                with paper.table(
                    col_widths=tuple(widths), line_height=13, borders_layout="HORIZONTAL_LINES",
                    wrapmode="CHAR",
                ) as table:  # fmt: skip
                    for row in (heads, *rows):
                        table.row(row)
            case _:
                raise ValueError(block)
    paper.output(str(target))


def with_weasyprint(blocks: list[list[Any]], target: Path) -> None:
    weasyprint = importlib.import_module("weasyprint")

    faces = "".join(
        f"@font-face{{font-family:{name};font-weight:{weight};src:url(file://{FONTS / file}.ttf)}}"
        for name, weight, file in (
            ("Song", 400, SONG), ("Song", 700, SONG_BOLD), ("Hei", 400, HEI), ("Hei", 700, HEI),
        )
    )  # fmt: skip
    parts = []
    for block in blocks:
        match block:
            case [("h1" | "h2" | "p") as kind, words]:
                parts.append(f"<{kind}>{html.escape(words)}</{kind}>")
            case ["table", widths, heads, rows]:
                total = sum(widths)
                wide = "".join(f"<col style='width:{100 * w / total:.2f}%'>" for w in widths)
                head = "".join(f"<th>{html.escape(one)}</th>" for one in heads)
                body = "".join(
                    "<tr>" + "".join(f"<td>{html.escape(one)}</td>" for one in row) + "</tr>"
                    for row in rows
                )
                parts.append(
                    f"<table>{wide}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
                )
            case _:
                raise ValueError(block)
    style = (
        f"{faces}@page{{size:A4;margin:76pt 66pt 70pt 85pt}}body{{font:12pt/24pt Song}}p{{text-indent:24pt;margin:0;"
        "text-align:justify}h1{font:16pt Hei;break-before:page}h2{font:14pt Hei}table{width:100%;border-collapse:"
        "collapse;table-layout:fixed;font-size:9pt;line-height:13pt}td,th{border-top:.25pt solid;padding:2pt 3pt}"
    )
    page = f"<html lang=zh><style>{style}</style><body>{''.join(parts)}</body></html>"
    weasyprint.HTML(string=page).write_pdf(str(target))


_KINDS = {
    "ours": with_ours,
    "typst": with_typst,
    "fpdf2": with_fpdf2,
    "weasyprint": with_weasyprint,
}


def _measure(python: str, kind: str, data: Path, target: Path) -> tuple[float, float, int] | None:
    """(seconds of the processor, seconds on the clock, most memory in MB) of one run; None when it failed or took too long."""
    command = [python, __file__, "--set", kind, str(data), str(target)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if kind != "ours":
        environment.pop("PYTHONPATH", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS)),
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        return None
    return used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss // 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?", help="Python with typst, fpdf2 and weasyprint")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--set", nargs=3, metavar=("KIND", "DATA", "TARGET"))
    options = parser.parse_args()
    if options.set:
        kind, data, target = options.set
        _KINDS[kind](json.loads(Path(data).read_text("utf-8")), Path(target))
        return 0
    import pypdfium2

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "content.json"
        data.write_text(json.dumps(content(), ensure_ascii=False), "utf-8")
        best: dict[str, tuple[float, float, int]] = {}
        for _ in range(options.times):
            for kind in _KINDS:
                python = sys.executable if kind == "ours" else options.python
                target = Path(folder) / f"{kind}.pdf"
                one = _measure(python, kind, data, target)
                if one is None:
                    print(
                        f"{kind}: failed, or not done in {_MOST_SECONDS} s of the processor",
                        flush=True,
                    )
                    continue
                best[kind] = min(best.get(kind, one), one)
        for kind, (cpu, clock, memory) in best.items():
            target = Path(folder) / f"{kind}.pdf"
            pages = len(pypdfium2.PdfDocument(target.read_bytes()))
            size = target.stat().st_size // 1024
            ratio = cpu / best["ours"][0]
            print(
                f"{kind:11} {pages:4} pages {cpu:6.2f} s CPU ({1000 * cpu / pages:5.1f} ms a page, {ratio:4.1f}x)"
                f" {clock:6.2f} s {memory:5} MB {size:6} KB"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
