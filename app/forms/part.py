"""A piece of a formula, worked out: its value or a bound, what is missing, its text with the figures in it; and how pieces
are added, multiplied and divided."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.numbers import brief, display
from app.assessment.trace import Operands, Trace
from app.forms.figure import Figure

MANY_TERMS = 4  # longer sums are written with 「…」 in the formula; the trace lists every term


@dataclass(slots=True)  # not frozen: made by the thousand, and changed by nobody
class Part:
    """A piece of a formula, evaluated. `text` is the piece with its figures filled in; `loose` = needs brackets in a product.

    at_least: lower bound (equal to value when known), None when none can be given.
    """

    value: Fraction | None
    at_least: Fraction | None
    missing: tuple[str, ...]
    not_applicable: str
    text: str
    children: tuple[Trace, ...] = ()
    loose: bool = False
    note: str = ""
    through: bool = False  # nothing but one answer or one other figure
    operands: Operands = None


def of_figure(figure: Figure, trace: Trace) -> Part:
    bound = figure.value if figure.value is not None else figure.at_least
    if bound is None and figure.bounded:
        bound = Fraction(0)
    if figure.value is not None:
        text = f"{display(figure.value, figure.decimals)}{_unit(figure.unit)}"
    elif figure.not_applicable:
        text = "不适用"
    else:
        text = f"「{figure.title}」未定"
    return Part(
        figure.value,
        bound,
        figure.missing,
        figure.not_applicable,
        text,
        (trace,),
        through=True,
        operands=trace,
    )


def does_not_apply(reason: str) -> Part:
    return Part(None, None, (), reason, "不适用")


def leaf_text(trace: Trace) -> str:
    if not isinstance(trace.value, Fraction) or trace.formula or trace.children:
        return ""
    return f"{brief(trace.value)}{_unit(trace.unit)}"


def bracketed(part: Part) -> str:
    return f"（{part.text}）" if part.loose else part.text


def _unit(unit: str) -> str:
    if not unit:
        return ""
    return unit if unit == "%" else f" {unit}"


def add(left: Part, right: Part, minus: bool) -> Part:
    """Sum or difference; a term that does not apply is left out, a difference of nothing does not apply."""
    missing, children = _merge(left, right)
    if left.not_applicable and (minus or right.not_applicable):
        return Part(None, None, missing, left.not_applicable, left.text, children)
    if left.not_applicable:
        return replace(right, missing=missing, children=children)
    if right.not_applicable:
        return replace(left, missing=missing, children=children)
    text = f"{left.text} {'−' if minus else '+'} {bracketed(right) if minus else right.text}"
    if left.value is not None and right.value is not None:
        value = left.value - right.value if minus else left.value + right.value
        tree = ("-" if minus else "+", (left.operands, right.operands))
        return Part(value, value, missing, "", text, children, loose=True, operands=tree)
    bound = (
        left.at_least + right.at_least
        if not minus and left.at_least is not None and right.at_least is not None
        else None
    )
    return Part(None, bound, missing, "", text, children, loose=True)


def multiply(left: Part, right: Part) -> Part:
    """A bound only from two bounds that are not negative."""
    missing, children = _merge(left, right)
    reason = left.not_applicable or right.not_applicable
    text = f"{bracketed(left)} × {bracketed(right)}"
    if reason:
        return Part(None, None, (), reason, text, children)
    if left.value is not None and right.value is not None:
        value = left.value * right.value
        tree = ("*", (left.operands, right.operands))
        return Part(value, value, missing, "", text, children, operands=tree)
    bound = None
    if (
        left.at_least is not None
        and right.at_least is not None
        and min(left.at_least, right.at_least) >= 0
    ):
        bound = left.at_least * right.at_least
    return Part(None, bound, missing, "", text, children)


def divide(left: Part, right: Part) -> Part:
    """A bound only by a known divisor above nought. A divisor of nought is an answer to mend, not 不适用."""
    missing, children = _merge(left, right)
    reason = left.not_applicable or right.not_applicable
    below = bracketed(right)
    if isinstance(right.operands, tuple) and right.operands[0] in ("*", "/"):
        below = f"（{right.text}）"  # 「a ÷ b × c」 would be read from left to right
    text = f"{bracketed(left)} ÷ {below}"
    if reason:
        return Part(None, None, (), reason, text, children)
    if right.value == 0:
        # a nought below the line is not "does not apply": it must be mended before anything is said
        blamed = tuple(_keys(right.children)) or ("",)
        return Part(None, None, blamed, "", text, children, note="除数是 0，算不出来")
    if left.value is not None and right.value is not None:
        value = left.value / right.value
        tree = ("/", (left.operands, right.operands))
        return Part(value, value, missing, "", text, children, operands=tree)
    bound = None
    if right.value is not None and right.value > 0 and left.at_least is not None:
        bound = left.at_least / right.value
    return Part(None, bound, missing, "", text, children)


def total(parts: list[Part]) -> Part:
    """The sum of rows. Rows that do not apply are left out; when none applies, the sum does not apply."""
    children = tuple(trace for part in parts for trace in part.children)
    live = [part for part in parts if not part.not_applicable]
    if not live:
        return Part(None, None, (), parts[0].not_applicable, "不适用", children)
    missing = tuple(dict.fromkeys(key for part in live for key in part.missing))
    text = _joined([part.text for part in live])
    known = [part.value for part in live if part.value is not None]
    if len(known) == len(live):
        value = sum(known, Fraction(0))
        tree = ("sum", tuple(part.operands for part in live))
        return Part(value, value, missing, "", text, children, loose=len(live) > 1, operands=tree)
    bounds = [part.at_least for part in live if part.at_least is not None]
    bound = sum(bounds, Fraction(0)) if len(bounds) == len(live) else None
    return Part(None, bound, missing, "", text, children, loose=len(live) > 1)


def _merge(left: Part, right: Part) -> tuple[tuple[str, ...], tuple[Trace, ...]]:
    missing = tuple(dict.fromkeys(left.missing + right.missing))
    return missing, left.children + right.children


def _keys(traces: tuple[Trace, ...]) -> Iterator[str]:
    for trace in traces:
        if trace.key:
            yield trace.key
        yield from _keys(trace.children)


def _joined(texts: list[str]) -> str:
    if len(texts) <= MANY_TERMS:
        return " + ".join(texts)
    return f"{texts[0]} + {texts[1]} + … + {texts[-1]}（{len(texts)} 项）"
