"""Bills, meters, 等价值, material flow cost, balances, water, plates, VOC, chemicals, packaging: every worked case."""

from typing import Any

import pytest

from app.forms.answer import Given
from app.forms.parse import parse_answer
from tests.helpers.worked_cases import at, book_of, cases, derived, hold

CASES = [
    *cases("energy_water.yaml"),
    *cases("voc_packaging.yaml"),
    *cases("caps.yaml"),
    *cases("emissions.yaml"),
]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


@each_case
def test_worked_case(case: dict[str, Any]) -> None:
    made = derived(case)
    for place, expected in case["expect"].items():
        hold(at(made, place), expected, place)


@each_case
def test_the_answers_of_a_case_could_have_been_typed(case: dict[str, Any]) -> None:
    index = derived(case).index
    for key, answer in book_of(case).answers.items():
        parts = key.split("/")
        place = index.places[f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key]
        if isinstance(answer, Given):
            # a small share is asked about until its unit is written too
            unit = "%" if place.question.unit == "%" else ""
            assert parse_answer(place.question, answer.text + unit).problem is None, key
        else:
            assert place.question.silences or place.table is not None, key
