"""The process table as lines with codes of pollution."""

import pytest

from app.audit.charts.build import chart_of
from app.audit.charts.shapes import Box
from app.audit.processes import kind_of_waste, processes
from app.forms.answer import AnswerBook, Given, cell_key
from tests.helpers.forms import sample_book, sample_project


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("含油废水", "W"), ("污水站污泥", "S"), ("废酸", "S"), ("清洗废液", "S"), ("酸雾", "G"), ("VOCs", "G"),
        ("除尘灰", "S"), ("打磨粉尘", "G"), ("噪声", "N"), ("不合格品", "S"), ("废活性炭", "S"),
    ],
)  # fmt: skip
def test_the_kind_of_a_waste_is_read_from_its_name(text: str, kind: str) -> None:
    assert kind_of_waste(text) == kind


def test_the_sample_has_three_lines_with_codes_in_order() -> None:
    found = processes(sample_project())
    assert [line.name for line in found.lines] == ["镀锌线", "铜镍线", "喷涂线"]
    steps = {step.name: step for line in found.lines for step in line.steps}
    assert steps["上挂、除油、酸洗"].pollution == ("W1", "G1", "S1", "G2")
    assert steps["镀铜和清洗"].pollution == ("W4", "S5", "G1"), "the same waste keeps its code"
    assert steps["上挂、除油、酸洗"].inputs == (
        "五金件",
        "返工件",
        "除油剂",
        "盐酸",
        "水",
        "天然气",
        "电",
    )
    assert found.names["G1"] == "酸雾"
    # 「铜镍线清洗和镀镍、镀锌线清洗和三价铬钝化」: the rinsing of these two lines
    assert [name for name, step in steps.items() if step.focus] == [
        "镀锌和清洗",
        "三价铬钝化",
        "镀铜和清洗",
        "镀镍和清洗",
    ]


def test_lines_by_name_and_boxes_lead_to_their_rows() -> None:
    book = sample_book()
    answers = dict(book.answers)
    rows = book.row_ids("process.steps")
    for place, row_id in enumerate(rows):
        answers[cell_key("process.steps", row_id, "line")] = Given("甲线" if place < 5 else "乙线")
    project = sample_project(AnswerBook(answers, book.rows))
    assert [(line.name, len(line.steps)) for line in processes(project).lines] == [
        ("甲线", 5),
        ("乙线", len(rows) - 5),
    ]
    chart = chart_of(project, "process.flow")
    assert chart is not None
    keys = [item.key for item in chart.items if isinstance(item, Box) and item.key]
    assert keys == [cell_key("process.steps", row_id, "name") for row_id in rows]


def test_without_steps_there_is_no_chart() -> None:
    assert chart_of(sample_project(AnswerBook({}, {})), "process.flow") is None
