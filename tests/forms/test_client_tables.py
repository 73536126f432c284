"""Tables as clients send them, through the same pipeline as the window: right, or asked, or refused; never silently wrong."""

from pathlib import Path
from typing import Any

import pytest

from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.forms.dated import dated
from app.forms.grid import grid_from_rows, grid_from_text
from app.forms.paste import plan_paste
from app.forms.question import TableQuestion
from app.forms.reading.plan import PastePlan
from app.services.bills import best_sheet, read_bills
from tests.helpers.cases import read_yaml
from tests.helpers.forms import shipped_forms

FOLDER = Path(__file__).parent / "client_tables"
CASES: list[dict[str, Any]] = read_yaml(FOLDER / "cases.yaml")
CASES += read_yaml(FOLDER / "written_here.yaml")
BOOK = AnswerBook(
    {
        "audit.base_year": Given("2025"),
        "energy.by_month": Given("diesel|heat|lpg|gasoline"),
    }
)
TABLES = {
    item.id: item
    for page in dated(shipped_forms().questionnaires["industry"], 2025).pages()
    for card in page.cards
    for item in card.items
    if isinstance(item, TableQuestion)
}


def _planned(case: dict[str, Any], answers: dict[str, str]) -> PastePlan:
    table = TABLES[case["table"]]
    path = FOLDER / case["file"]
    if "grid" in case:
        lines = case["grid"].split("\n")
        grid = grid_from_rows([[cell.strip() for cell in line.split("|")] for line in lines])
    elif case["file"].endswith(".clip.txt"):
        grid = grid_from_text(path.read_text(encoding="utf-8"))
    else:
        sheets = read_bills(path)
        chosen = sheets[best_sheet(sheets, table, BOOK, 2025, 2025)]
        assert chosen.name == case.get("sheet", chosen.name)
        grid = chosen.grid
    at = case.get("at")
    return plan_paste(
        table,
        grid,
        BOOK,
        base_year=2025,
        year=2025,
        top_left=(at[0], at[1]) if at else None,
        decisions=answers,
    )


def _written(plan: PastePlan) -> dict[str, str]:
    return {cell.key.split("/", 1)[1]: getattr(cell.after, "text", "") for cell in plan.cells}


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_a_table_of_a_client_is_right_or_asked_or_refused(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(UserError, match=case["refused"][:4]):
            _planned(case, {})
        return
    first = _planned(case, {})
    assert [question.id for question in first.questions] == case.get("asks", [])
    assert first.ready == (not first.questions and bool(first.cells))
    if "writes" not in case:
        return
    plan = _planned(case, case.get("answers", {})) if first.questions else first
    written = _written(plan)
    assert len(written) == case["writes"], written
    assert not plan.questions
    for key, value in case.get("right", {}).items():
        assert written.get(key) == value, key
    if not written:
        assert plan.problems or plan.understood
