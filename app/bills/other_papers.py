"""Papers that are no bills (test report, safety data sheet, waste manifest, licence, list of equipment): labelled fields and a
table, each described in resources/bills/papers.json. What is read is shown and kept; nothing of it is judged."""

import re
from typing import Any

from app.bills.amounts import day
from app.bills.layouts import head_of, layout
from app.bills.page import Place, Sheet, Word, lines_of, plain, value_after
from app.bills.reading import Check, Reading
from app.forms.parse import credit_check_character

_HEAD_LINES = 25  # a paper says what it is at its beginning
_CAS = re.compile(r"(\d{2,7})-(\d{2})-(\d)")
_MOST_ROWS = 300


def paper_of(sheet: Sheet) -> dict[str, Any] | None:
    """The description of what this sheet is; None when it is none of them."""
    first = [
        plain("".join(word.text for word in line)) for line in lines_of(sheet.words)[:_HEAD_LINES]
    ]
    for entry in layout("papers")["papers"]:
        if any(re.search(sign, line) for sign in entry["signs"] for line in first):
            found: dict[str, Any] = entry
            return found
    return None


def is_paper(document: str) -> bool:
    return any(entry["kind"] == document for entry in layout("papers")["papers"])


def read_paper(sheet: Sheet, entry: dict[str, Any], file: str) -> Reading:
    """Its fields and table. Doubts where a code has a wrong check digit."""
    facts: list[tuple[str, str]] = []
    places: dict[str, Place] = {}
    for name, labels in entry["fields"].items():
        text, words = _field(sheet, labels, entry)
        if text:
            facts.append((name, text))
            place = sheet.place(*words)
            if place is not None:
                places[name] = place
    rows = _table(sheet, entry) if entry.get("table") else []
    checks: list[Check] = []
    for name, text in facts:
        if name in entry.get("codes", ()):
            checks.append(Check("code", is_credit_code(text), f"{name} {text} 的校验位"))
    if rows and entry.get("cas"):
        at = list(entry["table"]).index(entry["cas"])
        checks += [
            Check("cas", is_cas(row[at]), f"CAS {row[at]} 的校验位")
            for row in rows
            if _CAS.fullmatch(row[at])
        ]
    said = dict(facts)
    when = next(
        (day(said[name]) for name in ("采样日期", "日期", "报告日期") if name in said), None
    )
    heads = (tuple(entry["table"]),) if rows else ()
    doubts = () if facts or rows else ("内容没有读出来",)
    return Reading(
        file,
        "other",
        document=entry["kind"],
        what=entry["title"],
        month=f"{when:%Y-%m}" if when else "",
        facts=tuple(facts),
        table=(*heads, *rows),
        checks=tuple(checks),
        doubts=doubts,
        places=places,
        pictured=sheet.pictured,
    )


def _field(sheet: Sheet, labels: list[str], entry: dict[str, Any]) -> tuple[str, tuple[Word, ...]]:
    every = "|".join(label for some in entry["fields"].values() for label in some)
    for label in labels:
        text, words = value_after(sheet, label)
        # the next label may stand in the same cell
        text = re.split(rf"(?:{every})[:]", text)[0].strip(":;,")
        if text:
            return text, words
    return "", ()


def is_credit_code(text: str) -> bool:
    """Whether the last character of a 统一社会信用代码 fits the others."""
    try:
        return len(text) == 18 and credit_check_character(text[:17]) == text[17]
    except ValueError:
        return False


def is_cas(text: str) -> bool:
    """Whether the check digit of a CAS number fits."""
    found = _CAS.fullmatch(text)
    if found is None:
        return False
    digits = (found[1] + found[2])[::-1]
    return sum(int(digit) * place for place, digit in enumerate(digits, 1)) % 10 == int(found[3])


def _table(sheet: Sheet, entry: dict[str, Any]) -> list[tuple[str, ...]]:
    """The lines under a row of heads that names the needed columns; a line without them belongs to the one above."""
    heads: dict[str, list[str]] = entry["table"]
    needed = entry["row"]
    rows: list[dict[str, str]] = []
    edges: list[tuple[str, float]] = []
    for line in lines_of(sheet.words):
        named: dict[str, Word] = {}
        for word in line:
            name = head_of(word.text, heads) if len(word.plain) <= 16 else ""
            if name and name not in named:
                named[name] = word
        if len(named) >= 2 and set(needed) <= set(named):
            # heads nobody asked for (序号, 备注) bound their neighbours too
            of_word = {id(word): name for name, word in named.items()}
            edges = [
                (
                    of_word.get(id(word), ""),
                    (word.x1 + line[at + 1].x0) / 2 if at + 1 < len(line) else float("inf"),
                )
                for at, word in enumerate(line)
            ]
            continue
        if not edges or len(rows) >= _MOST_ROWS:
            continue
        cells: dict[str, str] = {}
        for word in line:
            name = next(name for name, edge in edges if word.middle < edge)
            if name:
                cells[name] = f"{cells.get(name, '')} {word.text}".strip()
        if all(cells.get(name) for name in needed):
            rows.append(cells)
        elif rows and len(cells) == 1 and not set(cells) & set(needed[1:]):
            continue
        elif rows and len(line) < 2:
            edges = []  # the table has ended
    return [tuple(row.get(name, "") for name in heads) for row in rows]
