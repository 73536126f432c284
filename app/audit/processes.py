"""The process table as production lines: steps with what goes in and on, and numbered points of pollution."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.audit.charts.process_flow import ProcessLine, ProcessStep
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, cell_key

TABLE = "process.steps"
_BETWEEN = re.compile(r"[、，,;；/＋+\n]+")
_AND = re.compile("[和及与]")
_NOTHING = ("", "无", "没有", "/", "—", "-")
# In this order: residues of waste-water works are solid waste, liquid waste that is carted away too.
_WORDS = (
    ("N", ("噪声", "噪音")),
    ("S", ("渣", "泥", "灰", "桶", "炭", "屑", "废酸", "废碱", "废液", "废油", "废溶剂", "废有机溶剂")),
    ("W", ("水",)),
    ("G", ("气", "雾", "烟", "尘", "臭", "挥发", "VOC", "汽", "烃", "氧化碳", "氧化硫", "氧化物")),
)  # fmt: skip


@dataclass(frozen=True)
class Processes:
    """names: what each code of pollution stands for (「W1」 -> 「含油废水」)."""

    lines: tuple[ProcessLine, ...]
    names: Mapping[str, str]


def kind_of_waste(text: str) -> str:
    """W water, G gas, N noise, S solid and everything else that is carted away."""
    upper = text.upper()
    for kind, words in _WORDS:
        if any(word in upper for word in words):
            return kind
    return "S"


def parts_of(text: str) -> tuple[str, ...]:
    """The things of a cell, one by one; nothing for 无."""
    parts = (part.strip() for part in _BETWEEN.split(text))
    return tuple(part for part in parts if part not in _NOTHING)


def _chooser(book: AnswerBook, rows: Sequence[str]) -> Callable[[str, str], bool]:
    """(name of a step, its line) -> whether the focus of the audit names it. 「铜镍线清洗」 is the rinsing of that line alone."""
    chosen = book.text("focus.chosen")
    lines = {book.text(cell_key(TABLE, row, "line")).strip() for row in rows}
    meant = {line for line in lines if line and line in chosen}

    def is_chosen(name: str, line: str) -> bool:
        parts = (name, *(part for one in parts_of(name) for part in _AND.split(one)))
        return (not meant or line in meant) and any(part and part in chosen for part in parts)

    return is_chosen


def _led_on(steps: Sequence[ProcessStep]) -> tuple[ProcessStep, ...]:
    """The steps of a line; one whose product goes into a later step and not into the next (「喷漆」 before 「喷粉」) says
    where. A product that no input names goes on to the next, as the rows are written."""
    made = []
    for place, step in enumerate(steps):
        products = parts_of(step.output)
        takers = [n for n, one in enumerate(steps) if n > place and {*products} & {*one.inputs}]
        elsewhere = steps[takers[0]].name if takers and takers[0] > place + 1 else ""
        made.append(replace(step, goes_to=elsewhere))
    return tuple(made)


def processes(project: AuditProject) -> Processes:
    """Lines in the order of the rows; rows without a name are left out. The same waste has the same code everywhere."""
    book = project.book
    rows = book.row_ids(TABLE) if TABLE in project.index.tables else ()
    is_chosen = _chooser(book, rows)
    steps: dict[str, list[ProcessStep]] = {}
    codes: dict[str, str] = {}
    for row_id in rows:
        name, line, inputs, outputs, waste = (
            book.text(cell_key(TABLE, row_id, column)).strip()
            for column in ("name", "line", "inputs", "outputs", "waste")
        )
        if not name:
            continue
        for part in parts_of(waste):
            if part not in codes:
                kind = kind_of_waste(part)
                count = sum(code.startswith(kind) for code in codes.values())
                codes[part] = f"{kind}{count + 1}"
        steps.setdefault(line, []).append(
            ProcessStep(
                name,
                parts_of(inputs),
                tuple(codes[part] for part in parts_of(waste)),
                is_chosen(name, line),
                "、".join(parts_of(outputs)),
                cell_key(TABLE, row_id, "name"),
            )
        )
    return Processes(
        tuple(ProcessLine(name, _led_on(found)) for name, found in steps.items()),
        {code: text for text, code in codes.items()},
    )
