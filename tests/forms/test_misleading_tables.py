"""Hundreds of tables made to mislead: what is written without a question is right, and every question is the one expected."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.forms.answer import AnswerBook, Given
from app.forms.dated import dated
from app.forms.grid import grid_from_rows, grid_from_text
from app.forms.paste import plan_paste
from app.forms.question import TableQuestion
from app.forms.reading.plan import PastePlan
from tests.helpers.cases import read_yaml
from tests.helpers.forms import shipped_forms

FILE = Path(__file__).parent / "client_tables" / "made_to_mislead.yaml"
CASES: list[dict[str, Any]] = read_yaml(FILE)
BOOK = AnswerBook(
    {
        "audit.base_year": Given("2025"),
        "energy.by_month": Given("diesel|heat|lpg|gasoline|coal|lng|fuel_oil|kerosene|solar"),
    }
)
TABLES = {
    item.id: item
    for page in dated(shipped_forms().questionnaires["industry"], 2025).pages()
    for card in page.cards
    for item in card.items
    if isinstance(item, TableQuestion)
}


def _planned(case: dict[str, Any]) -> PastePlan:
    rows = case.get("lines") or [
        [cell.strip() for cell in line.split("|")] for line in case["grid"].rstrip("\n").split("\n")
    ]
    grid = replace(grid_from_rows(rows), sheet=case.get("sheet", ""), file=case.get("file", ""))
    at = case.get("at")
    return plan_paste(
        TABLES[case["table"]],
        grid,
        BOOK,
        base_year=2025,
        year=2025,
        top_left=tuple(at) if at else None,
    )


def _known(case: dict[str, Any]) -> dict[str, str]:
    known: dict[str, str] = dict(case.get("cells", {}))
    for name, values in case.get("months", {}).items():
        column, year = name.split(" ")
        known |= {f"{year}-{m:02d}/{column}": v for m, v in enumerate(values, start=1) if v}
    return known


def _wrong(case: dict[str, Any], plan: PastePlan) -> list[Any]:
    if "rows" in case:
        rows: dict[str, dict[str, str]] = {}
        for cell in plan.cells:
            rows.setdefault(cell.row_id, {})[cell.column_id] = getattr(cell.after, "text", "")
        free = list(case["rows"])
        wrong: list[Any] = []
        for found in rows.values():
            same = next((r for r in free if all(r.get(k) == v for k, v in found.items())), None)
            if same is None:
                wrong.append(found)
            else:
                free.remove(same)
        return wrong
    known = _known(case)
    return [
        (cell.row_id, cell.column_id, cell.after)
        for cell in plan.cells
        if cell.column_id not in ("period", "note")
        and known.get(f"{cell.row_id}/{cell.column_id}") != getattr(cell.after, "text", "")
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_nothing_wrong_is_written_and_what_is_plain_goes_through(case: dict[str, Any]) -> None:
    plan = _planned(case)
    assert not _wrong(case, plan)
    match case["want"]:
        case "asked":
            assert [question.id for question in plan.questions] == case["asks"]
        case "refused":
            assert not plan.questions
            assert not plan.cells
            assert plan.problems
        case kind:
            assert not plan.questions
            count = sum(map(len, case["rows"])) if "rows" in case else len(_known(case))
            written = sum(cell.column_id != "period" for cell in plan.cells)
            assert written == count if kind == "right" else 0 < written < count


@pytest.mark.parametrize(
    "text",
    [
        "月份  电量(kWh)  电费(元)\n1月  152300  112702\n2月  128400  95016\n3月  158900  117586",
        "月份 电量(kWh) 电费(元)\n1月 152300 112702\n2月 128400 95016\n3月 158900 117586",
        "月份　电量(kWh)　电费(元)\n1月　152300　112702\n2月　128400　95016\n3月　158900　117586",
        "月份;电量(kWh);电费(元)\n1月;152300;112702\n2月;128400;95016\n3月;158900;117586",
        "|月份|电量(kWh)|电费(元)|\n|---|---|---|\n|1月|152300|112702|\n|2月|128400|95016|\n|3月|158900|117586|",
        "月份  电量(kWh)  电费(元)\n1月  152 300  112 702\n2月  128 400  95 016\n3月  158 900  117 586",
    ],
)
def test_text_without_tabs_is_split_where_every_line_falls_into_the_same_pieces(text: str) -> None:
    plan = plan_paste(TABLES["energy.bills"], grid_from_text(text), BOOK, base_year=2025, year=2025)
    written = {
        f"{cell.row_id}/{cell.column_id}": getattr(cell.after, "text", "") for cell in plan.cells
    }
    assert not plan.questions
    assert written == {
        "2025-01/electricity": "152300",
        "2025-01/electricity_fee": "112702",
        "2025-02/electricity": "128400",
        "2025-02/electricity_fee": "95016",
        "2025-03/electricity": "158900",
        "2025-03/electricity_fee": "117586",
    }


def test_numbers_with_blanks_for_thousands_stay_one_number() -> None:
    grid = grid_from_text("152 300\n128 400\n158 900")
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["152 300"],
        ["128 400"],
        ["158 900"],
    ]
