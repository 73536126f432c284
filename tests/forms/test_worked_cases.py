"""The worked cases of worked_cases.yaml: figures against arithmetic written out by hand."""

from pathlib import Path
from typing import Any

import pytest

from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.parse import parse_answer
from tests.helpers.cases import read_yaml
from tests.helpers.forms import derivation, shipped_forms
from tests.helpers.worked_cases import exact

CASES: list[dict[str, Any]] = read_yaml(Path(__file__).with_name("worked_cases.yaml"))


def book_of(case: dict[str, Any]) -> AnswerBook:
    answers: dict[str, Answer] = {"audit.base_year": Given("2025")}
    rows: dict[str, tuple[str, ...]] = {}
    for key, text in case["answers"].items():
        answers[key] = Given(str(text))
    for table, content in case["rows"].items():
        rows[table] = tuple(content)
        for row, cells in content.items():
            for column, text in cells.items():
                answers[cell_key(table, row, column)] = Given(str(text))
    for table, cells in case.get("months", {}).items():
        for month in range(1, 13):
            for column, text in cells.items():
                answers[cell_key(table, f"2025-{month:02d}", column)] = Given(str(text))
    for table, cells in case.get("years", {}).items():
        for column, text in cells.items():
            answers[cell_key(table, "2025", column)] = Given(str(text))
    return AnswerBook(answers, rows)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_case(case: dict[str, Any]) -> None:
    made = derivation(book_of(case), case["set"])
    for quantity_id, arithmetic in case["expect"].items():
        figure = made.figure(quantity_id)
        assert figure.value == exact(str(arithmetic)), (quantity_id, figure)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_answers_of_a_case_could_have_been_typed(case: dict[str, Any]) -> None:
    index = derivation(AnswerBook(), case["set"]).index
    for key, answer in book_of(case).answers.items():
        parts = key.split("/")
        place = index.places[f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key]
        assert isinstance(answer, Given)
        assert parse_answer(place.question, answer.text).problem is None, key


def test_every_set_with_figures_of_its_own_is_loaded() -> None:
    assert {case["set"] for case in CASES} <= set(shipped_forms().questionnaires)
