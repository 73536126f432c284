"""A firm listed for an exceedance prints its history: told of, measured again, within the limit."""

import pytest

from tests.checkup.test_damages import damaged, found_in

OVER = {"env.monitoring/r1/result": "95", "env.monitoring/r1/date": "2025-11-12"}
TOLD = {
    "front.kind": "exceeding",
    "env.penalties": "yes",
    "env.penalties_text": "2025 年 11 月 COD 95，换了填料，复测合格。",
}


def _again(result: str, day: str) -> dict[str, object]:
    cells = {"date": day, "result": result, "limit": "80", "unit": "mg/L", "report": "HL2603-001"}
    return {"env.monitoring": {"x9": cells}}


@pytest.mark.parametrize(
    ("told", "again", "blocked"),
    [
        (TOLD, _again("40", "2026-03-01"), False),
        (TOLD, _again("90", "2026-03-01"), True),
        (TOLD, _again("40", "2025-03-01"), True),
        ({**TOLD, "front.kind": "toxic"}, _again("40", "2026-03-01"), True),
        ({**TOLD, "env.penalties_text": ""}, _again("40", "2026-03-01"), True),
    ],
)
def test_an_exceedance_that_was_mended_blocks_no_paper(
    told: dict[str, str], again: dict[str, dict[str, dict[str, str]]], blocked: bool
) -> None:
    whole = damaged({"sample": "chengling", "set": {}})
    for column in ("outlet", "item"):
        again["env.monitoring"]["x9"][column] = whole.book.text(f"env.monitoring/r1/{column}")
    project = damaged({"sample": "chengling", "set": {**OVER, **told}, "add": again})
    found = [one for one in found_in(project) if one.rule == "limit_exceeded"]
    assert any(one.keys[0] == "env.monitoring/r1/result" for one in found) is blocked


def test_answers_that_bar_the_simplified_flow_are_one_question() -> None:
    project = damaged({"sample": "chengling", "set": {**TOLD, "front.simplified": "yes"}})
    assert [one.rule for one in found_in(project)].count("simplified_not_for") == 1
