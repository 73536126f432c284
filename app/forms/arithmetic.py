"""Plain arithmetic a person writes: `N*(P1-P2)*h/1000`, names in any script; exact, nothing is executed."""

import ast
from collections.abc import Mapping
from fractions import Fraction

from app.assessment.numbers import parse_exact
from app.forms.syntax_tree import expression_tree

_MOST_LENGTH = 300
_LARGEST_POWER = 20
_SIGNS = str.maketrans(
    {"×": "*", "÷": "/", "（": "(", "）": ")", "－": "-", "−": "-", "＋": "+", "＊": "*", "／": "/"}
)


class ArithmeticFault(ValueError):
    """The message is plain Chinese."""


def names_in(text: str) -> tuple[str, ...]:
    """Names in the order of their first use. ArithmeticFault when it is no formula."""
    found: dict[str, None] = {}
    for node in ast.walk(_tree(text)):
        if isinstance(node, ast.Name):
            found[node.id] = None
    return tuple(sorted(found, key=_plain(text).index))


def evaluate(text: str, values: Mapping[str, Fraction]) -> Fraction:
    """ArithmeticFault for what is no formula, a name without value, or a division by zero."""
    return _value(_tree(text), _plain(text), values)


def _plain(text: str) -> str:
    return text.translate(_SIGNS).strip()


def _tree(text: str) -> ast.expr:
    plain = _plain(text)
    if len(plain) > _MOST_LENGTH:
        raise ArithmeticFault("算式太长")
    try:
        tree = expression_tree(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ArithmeticFault(f"算式「{plain}」写得不完整") from None
    _check(tree, plain)
    return tree


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow(), right):
            _check(left, text)
            _check(right, text)
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            _check(operand, text)
        case ast.Name():
            pass
        case ast.Constant():
            _number(node, text)
        case _:
            raise ArithmeticFault("算式里只能有加减乘除、乘方、括号、数和名字")


def _number(node: ast.Constant, text: str) -> Fraction:
    written = (ast.get_source_segment(text, node) or "").strip()
    try:
        return parse_exact(written)
    except ValueError:
        raise ArithmeticFault(f"看不懂「{written}」，写成 0.7 这样的数") from None


def _value(node: ast.expr, text: str, values: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.Name(name):
            if name not in values:
                raise ArithmeticFault(f"「{name}」还没有数")
            return values[name]
        case ast.Constant():
            return _number(node, text)
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, text, values)
        case ast.UnaryOp(_, operand):
            return _value(operand, text, values)
        case ast.BinOp(left, operator, right):
            one, other = _value(left, text, values), _value(right, text, values)
            match operator:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case ast.Div():
                    if not other:
                        raise ArithmeticFault("除数是 0")
                    return one / other
                case _:
                    if other.denominator != 1 or abs(other) > _LARGEST_POWER:
                        raise ArithmeticFault("乘方只能是不大的整数")
                    if not one and other < 0:
                        raise ArithmeticFault("除数是 0")
                    return one**other.numerator
        case _:
            raise ArithmeticFault("算式看不懂")
