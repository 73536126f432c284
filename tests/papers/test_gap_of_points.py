"""The section about the next level, for documents that add points: no word of level indexes they do not have."""

from pathlib import Path

import pytest

from app.audit.findings import assess_project
from app.audit.project import AuditProject, build_project
from app.forms.answer import AnswerBook, Given, indicator_key
from app.forms.derive import NO_RULES
from app.forms.question import Questionnaire
from app.papers.chapters.gap import gap_blocks
from app.standards.yaml_source import load_system_file
from tests.helpers.papers import said_by

SYSTEMS = Path(__file__).parents[1] / "cases" / "systems"


def project(name: str, answers: dict[str, str]) -> AuditProject:
    system = load_system_file(SYSTEMS / f"{name}.yaml").system
    book = AnswerBook({indicator_key("t", row): Given(text) for row, text in answers.items()})
    nothing = Questionnaire("none", "没有问题", (), ())
    return build_project(
        book, nothing, {}, {}, system=system, system_hash="x", table_id="t", rules=NO_RULES
    )


@pytest.mark.parametrize(
    ("name", "answers", "said"),
    [
        (
            "vectors-p",
            {"energy": "20", "yield": "90", "policy": "I"},
            ["P 现为 33.00，要求 80，相差 47.00 分", "≤ 10（评价基准值）", "P 的增量", "3.60"],
        ),
        (
            "points",
            {"water": "6", "plan": "I", "training": "I"},
            [
                "总分 现为 40.00，要求 70，相差 30.00 分",
                "≤ 5",
                "可得分＝调整后分值－现得分",
                "20.00",
            ],
        ),
    ],
)
def test_points_that_are_lacking(name: str, answers: dict[str, str], said: list[str]) -> None:
    made = project(name, answers)
    text = said_by(gap_blocks(made, assess_project(made)))
    for fragment in said:
        assert fragment in text
    assert "YⅡ" not in text
    assert "二级权重" not in text


def test_nothing_is_lacking_at_the_top() -> None:
    made = project("points", {"water": "5", "measures": "I", "plan": "I", "training": "I"})
    assert gap_blocks(made, assess_project(made)) == []
