"""The papers of a made-up firm, in the layouts firms get, against what is known to be right."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.bills.worker import has_picture_reader
from app.services.bill_reading import bills_json, read_folder

PAPERS = Path(__file__).parents[1] / "bill_papers"
TRUTH: list[dict[str, Any]] = json.loads((PAPERS / "truth.json").read_text("utf-8"))["bills"]
LEFT_OUT = {"02-电费发票.xml": "02-电费通知单.pdf", "08-快递费发票.pdf": "不是能源"}
ASKED = {"07-别家的电费发票.pdf": "中山市另一家有限公司"}


@pytest.fixture(scope="module")
def bills() -> dict[str, dict[str, Any]]:
    pictures = has_picture_reader()
    entries: Any = bills_json(read_folder([PAPERS], pictures=pictures).readings)["bills"]
    return {entry["file"]: entry for entry in entries}


@pytest.mark.parametrize("truth", TRUTH, ids=lambda one: Path(one["file"]).stem)
def test_every_figure_is_the_right_one(
    bills: dict[str, dict[str, Any]], truth: dict[str, Any]
) -> None:
    bill = bills[truth["file"]]
    if bill["kind"] == "unread":
        assert not has_picture_reader()
        assert "识图组件" in bill["why"]
        return
    assert bill["kind"] == truth["kind"]
    for name in ("money", "start", "end", "month", "unit", "invoice"):
        if name in truth:
            assert bill[name] == truth[name]
    quantity = truth.get("kwh", truth.get("quantity"))
    if quantity is not None:
        assert Decimal(bill["quantity"]) == Decimal(quantity)
    assert not bill["checks"]["failed"]
    if truth["file"] in LEFT_OUT:
        assert bill["state"] == "left_out"
        assert LEFT_OUT[truth["file"]] in bill["why"]
    elif truth["file"] in ASKED:
        assert bill["state"] == "ask"
        assert ASKED[truth["file"]] in bill["why"]
    else:
        assert (bill["state"], bill["why"]) == ("read", "")
        assert bill["checks"]["passed"]
