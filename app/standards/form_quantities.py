"""Factors, worked-out quantities, and the maps from indicators to them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from app.assessment.indicator_system import Verification
from app.assessment.numbers import parse_exact
from app.forms.expression import ExpressionFault, names, parse_expression
from app.forms.quantity import SUBJECTS, DerivationMap, Factor, Quantity
from app.forms.question import Questionnaire
from app.forms.question_index import QuestionIndex
from app.standards.fields import Fields, words_of
from app.standards.form_reading import checked_id, verification
from app.standards.reader import Reader
from app.standards.tree import Items, Node
from app.standards.yaml_tree import read_or_note


def load_factors(path: Path, faults: Reader) -> dict[str, Factor]:
    """By id. A factor whose value is not a number is a fault and left out."""
    mark = read_or_note(path, faults)
    factors: dict[str, Factor] = {}
    if mark is None:
        return factors
    top = Fields(mark, faults, ("factors",), "系数表")
    allowed = ("id", "title", "value", "unit", "source", "verification", "year", "region", "note")
    for item in top.items("factors"):
        fields = Fields(item, faults, allowed, "系数")
        factor_id = checked_id(fields, "id", faults)
        try:
            value = parse_exact(fields.text("value"))
        except ValueError:
            faults.fail(fields.where("value"), "系数的值不是数", "写成 0.1229 这样")
            continue
        if factor_id in factors:
            faults.fail(item.place, f"系数「{factor_id}」写了两次", "留一个")
        factors[factor_id] = Factor(
            factor_id,
            fields.text("title"),
            value,
            fields.text("unit"),
            fields.text("source"),
            verification(fields, faults) or Verification.RECALLED,
            fields.text("year", ""),
            fields.text("region", ""),
            fields.text("note", ""),
        )
    return factors


def load_quantities(paths: list[Path], faults: Reader) -> dict[str, tuple[Quantity, Node]]:
    """By id, with the place in the file: what a formula names is checked later, when the question sets are known."""
    quantities: dict[str, tuple[Quantity, Node]] = {}
    allowed = (
        "id", "title", "unit", "decimals", "expression", "basis", "verification", "note", "maximum",
        "rule",
    )  # fmt: skip
    for path in paths:
        mark = read_or_note(path, faults)
        if mark is None:
            continue
        for item in Fields(mark, faults, ("quantities",), "算出来的数").items("quantities"):
            fields = Fields(item, faults, allowed, "算出来的数")
            quantity_id = checked_id(fields, "id", faults)
            decimals = fields.text("decimals", "2")
            if not decimals.isdigit() or len(decimals) > 1:
                faults.fail(fields.where("decimals"), "小数位数要写 0 到 9", "例如 2")
                decimals = "2"
            quantity = Quantity(
                quantity_id,
                fields.text("title"),
                fields.text("unit", ""),
                int(decimals),
                fields.text("expression", "0" if "rule" in fields.map else None),
                fields.text("basis", ""),
                verification(fields, faults, required=False),
                fields.text("note", ""),
                fields.text("maximum", ""),
                fields.text("rule", ""),
            )
            if quantity_id in quantities:
                faults.fail(item.place, f"「{quantity_id}」写了两次", "留一个，或换一个 id")
            try:
                parse_expression(quantity.expression)
            except ExpressionFault as error:
                faults.fail(fields.where("expression"), str(error), "对照公式写法改")
            quantities[quantity_id] = (quantity, item)
    return quantities


def check_expressions(
    quantities: Mapping[str, tuple[Quantity, Node]],
    factors: Mapping[str, Factor],
    questionnaires: Mapping[str, Questionnaire],
    faults: Reader,
) -> None:
    """Every name stands for something in at least one question set; columns used are numbers; nothing needs itself."""
    indexes = [QuestionIndex(questionnaire) for questionnaire in questionnaires.values()]
    for quantity, mark in quantities.values():
        for name in names(parse_expression(quantity.expression)):
            if name.startswith("factor."):
                if name.removeprefix("factor.") not in factors:
                    faults.fail(mark.place, f"没有系数「{name}」", "在系数表里加上，或改名字")
            elif name not in quantities and not any(name in index.places for index in indexes):
                faults.fail(mark.place, f"「{name}」既不是问题，也不是算出来的数", "检查拼写")
        if _needs_itself(quantity.id, quantities):
            faults.fail(mark.place, f"「{quantity.id}」绕一圈要用到它自己", "改公式")


def _needs_itself(start: str, quantities: Mapping[str, tuple[Quantity, Node]]) -> bool:
    open_ids, seen = [start], set[str]()
    while open_ids:
        current = open_ids.pop()
        for name in names(parse_expression(quantities[current][0].expression)):
            if name == start:
                return True
            if name in quantities and name not in seen:
                seen.add(name)
                open_ids.append(name)
    return False


def load_derivations(
    path: Path, quantities: Mapping[str, tuple[Quantity, Node]], faults: Reader
) -> DerivationMap | None:
    """None when the file cannot be read; a name of no quantity is a fault."""
    mark = read_or_note(path, faults)
    if mark is None:
        return None
    fields = Fields(mark, faults, ("system", "tables"), "取数表")
    indicators: dict[str, dict[str, str]] = {}
    variables: dict[str, dict[str, str]] = {}
    outputs: dict[str, dict[str, str]] = {}
    held: dict[str, dict[str, tuple[str, ...]]] = {}
    for table_id, table in fields.pairs("tables"):
        inner = Fields(table, faults, ("indicators", "variables", "outputs", "held"), "取数表")
        for key, target in (
            ("indicators", indicators),
            ("variables", variables),
            ("outputs", outputs),
        ):
            target[table_id] = {}
            for name, value in inner.pairs(key):
                quantity_id = words_of(value) or ""
                if quantity_id not in quantities:
                    faults.fail(value.place, f"没有「{quantity_id}」这个数", "检查拼写")
                target[table_id][name] = quantity_id
        held[table_id] = dict(_held(inner))
    return DerivationMap(fields.text("system"), indicators, variables, outputs, held)


def _held(table: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Indicator id -> what it is held against: subjects of SUBJECTS, 「audit_done I」 for who claims level I only."""
    for name, node in table.pairs("held"):
        words = [words_of(one) or "" for one in (node.nodes if isinstance(node, Items) else ())]
        for word in words:
            subject, _, level = word.partition(" ")
            if subject not in SUBJECTS or level not in ("", "I", "II"):
                known = "、".join(sorted(SUBJECTS))
                table.faults.fail(node.place, f"不知道和「{word}」怎么对照", f"可用的：{known}")
        if not words:
            table.faults.fail(node.place, "要写和哪些数据对照", "例：[limits, totals]")
        yield name, tuple(words)
