"""Worked cases of tests/cases/workbench: a dictionary of answers, and what the figures come to."""

import ast
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.assessment.finding import NotApplicable
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Figure
from tests.helpers.cases import read_yaml
from tests.helpers.forms import derivation

KEYS = {"value", "at_least", "missing", "note", "words", "not_applicable", "formula", "tone"}


def cases(name: str) -> list[dict[str, Any]]:
    path = Path(__file__).parents[1] / "cases/workbench" / name
    made: list[dict[str, Any]] = read_yaml(path)
    return made


def exact(arithmetic: str) -> Fraction:
    """The value of an arithmetic line, without floats."""

    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(int(number)):
                return Fraction(number)
            case ast.Constant(float(number)):
                return Fraction(repr(number))  # as it is written in the case
            case ast.BinOp(left, ast.Add(), right):
                return value(left) + value(right)
            case ast.BinOp(left, ast.Sub(), right):
                return value(left) - value(right)
            case ast.BinOp(left, ast.Mult(), right):
                return value(left) * value(right)
            case ast.BinOp(left, ast.Div(), right):
                return value(left) / value(right)
            case _:
                raise ValueError(arithmetic)

    return value(ast.parse(arithmetic, mode="eval").body)


def book_of(case: dict[str, Any]) -> AnswerBook:
    year = case.get("base_year", 2025)
    texts: dict[str, Any] = {"audit.base_year": year, **case.get("answers", {})}
    rows = {table: tuple(content) for table, content in case.get("rows", {}).items()}
    for table, cells in case.get("every_month", {}).items():
        for month in range(1, 13):
            for column, text in cells.items():
                texts[cell_key(table, f"{year}-{month:02d}", column)] = text
    for table, content in (*case.get("months", {}).items(), *case.get("rows", {}).items()):
        for row, cells in content.items():
            for column, text in cells.items():
                texts[cell_key(table, row, column)] = text
    answers: dict[str, Answer] = {
        key: Given(str(text)) for key, text in texts.items() if text is not None
    }
    for key, reason in case.get("not_applicable", {}).items():
        answers[key] = NotApplicable(reason)
    return AnswerBook(answers, rows)


def derived(case: dict[str, Any]) -> Derivation:
    return derivation(book_of(case), case.get("set", "industry"), case.get("base_year", 2025))


def at(made: Derivation, place: str) -> Figure:
    parts = place.split("/")
    return made.cell(*parts) if len(parts) == 3 else made.figure(place)


def hold(figure: Figure, expected: Any, place: str) -> None:
    if not isinstance(expected, dict):
        expected = {"value": expected}
    unknown = set(expected) - KEYS
    assert not unknown, place
    if "value" in expected:
        assert figure.value == exact(str(expected["value"])), (place, figure)
    else:
        assert figure.value is None, (place, figure)
    if "at_least" in expected:
        assert figure.at_least == exact(str(expected["at_least"])), (place, figure)
    if "missing" in expected:
        assert figure.missing == tuple(expected["missing"]), (place, figure)
    else:
        assert figure.missing == () or "at_least" in expected, (place, figure)
    if "words" in expected:
        assert bool(figure.words) == bool(expected["words"]), (place, figure)
        assert expected["words"] in figure.words, (place, figure)
    assert expected.get("note", "") in figure.trace.note, (place, figure)
    assert expected.get("formula", "") in figure.trace.formula, (place, figure)
    assert expected.get("tone", figure.tone) == figure.tone, (place, figure)
    assert expected.get("not_applicable", "") in figure.not_applicable, (place, figure)
    assert bool(figure.not_applicable) == ("not_applicable" in expected) or "note" in expected
