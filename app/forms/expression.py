"""The formula language of quantities: arithmetic over names, read with `ast` against a whitelist; nothing is executed.

    water.rinse * 1000 / plating.rinse_area
    sum(water.units.fresh, where=water.units.kind == 'rinse')
    sum(waste.list.amount, where=waste.list.kind == 'hazardous', none=0)
    by_year(sum(plating.lines.y2), sum(plating.lines.y1), sum(plating.lines.y0))
    at(plating.metals.use, 'zinc')
    either(voc.materials.percent, voc.materials.grams / voc.materials.density / 10)

Names are dotted: a question, a quantity, `factor.<id>`, or `<table>.<column>`. A column may stand only inside `sum`
(over the rows of that one table), `at` (one row) or in the row formula of a derived column of the same table.
`none=0` says that no matching row means zero; without it, it means the answer is still missing. `either` takes its first part unless that is
not filled or not applicable, then the second: two ways of knowing the same figure. That no row speaks of it (`none=0`) does
not stand in for a first part that is still to be filled.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache

from app.forms.syntax_tree import expression_tree

FUNCTIONS = ("sum", "by_year", "at", "either")


class ExpressionFault(ValueError):
    """The text is not a formula of this language; the message is plain Chinese."""


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> ast.expr:
    """The checked tree of `text`; raises ExpressionFault."""
    try:
        tree = expression_tree(text.strip())
    except SyntaxError as error:
        raise ExpressionFault(f"公式「{text}」写得不完整") from error
    _check(tree, text)
    return tree


@lru_cache(maxsize=8192)  # trees are parsed once and walked at every derivation
def dotted(node: ast.expr) -> str | None:
    """`a.b.c` of a name or attribute chain, None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return None if left is None else f"{left}.{node.attr}"
    return None


@lru_cache(maxsize=4096)
def names(node: ast.AST) -> tuple[str, ...]:
    """Every dotted name below `node`, outermost chains only, in reading order (with repeats)."""
    return tuple(_names(node))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        name = dotted(node)
        if name is not None:
            yield name
            return
    if isinstance(node, ast.Call):
        for argument in node.args:
            yield from _names(argument)
        for keyword in node.keywords:
            yield from _names(keyword.value)
        return
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    for item in call.keywords:
        if item.arg == name:
            return item.value
    return None


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
            _check(left, text)
            _check(right, text)
        case ast.UnaryOp(ast.USub(), operand):
            _check(operand, text)
        case ast.Constant(value) if isinstance(value, int) and not isinstance(value, bool):
            pass
        case ast.Constant(value) if isinstance(value, float):
            raise ExpressionFault(f"公式「{text}」里的小数请写成分数（1/2）或放进系数表")
        case ast.Call(ast.Name(function), arguments, keywords) if function in FUNCTIONS:
            _check_call(function, arguments, keywords, text)
        case _ if dotted(node) is not None:
            pass
        case _:
            raise ExpressionFault(f"公式「{text}」里有不认识的写法")


def _check_call(
    function: str, arguments: list[ast.expr], keywords: list[ast.keyword], text: str
) -> None:
    allowed = ("where", "none") if function == "sum" else ()
    count = {"sum": 1, "by_year": 3, "at": 2, "either": 2}[function]
    if len(arguments) != count or any(item.arg not in allowed for item in keywords):
        raise ExpressionFault(f"公式「{text}」里 {function} 的参数不对")
    if function == "at":
        row = arguments[1]
        if dotted(arguments[0]) is None or not (
            isinstance(row, ast.Constant) and isinstance(row.value, str)
        ):
            raise ExpressionFault(f"公式「{text}」里 at 要写成 at(表.列, '行')")
        return
    for argument in arguments:
        _check(argument, text)
    for item in keywords:
        if item.arg == "where":
            _check_condition(item.value, text)
        elif not (isinstance(item.value, ast.Constant) and item.value.value == 0):
            raise ExpressionFault(f"公式「{text}」里 none 只能是 0")


def _check_condition(node: ast.expr, text: str) -> None:
    match node:
        case ast.BoolOp(_, values):
            for value in values:
                _check_condition(value, text)
        case ast.Compare(left, [ast.Eq() | ast.NotEq()], [ast.Constant(value)]) if (
            isinstance(value, str) and dotted(left) is not None
        ):
            pass
        case _:
            raise ExpressionFault(f"公式「{text}」里 where 只能写「列 == '值'」，用 and、or 连接")
