"""What a cell offers to choose from: for this firm, and what stands there already."""

import pytest

from app.forms.answer import Change, Given
from app.ui.session import SessionModel
from app.ui.tables.model import AnswerTableModel

OTHER = "表面处理其他用水"


def offered(model: SessionModel, row_id: str) -> list[str]:
    table = model.project.index.tables["water.units"]
    cells = AnswerTableModel(table)
    cells.load(model.project, None, {})
    column = [column.id for column in table.columns].index("kind")
    place = cells.index(cells.rows.index(row_id), column)
    return [words for _, words in cells.options_at(place)]


@pytest.mark.parametrize(("processes", "there"), [("plating_zinc", True), ("painting", False)])
def test_water_of_surface_treatment_is_offered_to_those_who_treat_surfaces(
    model: SessionModel, processes: str, there: bool
) -> None:
    kinds = {
        row: model.book.text(f"water.units/{row}/kind") for row in model.book.rows["water.units"]
    }
    before = model.book.get("process.list")
    model.record([Change("process.list", before, Given(processes))], "工序")
    for row, kind in kinds.items():
        words = offered(model, row)
        assert (OTHER in words) == (there or kind == "plating"), row
        assert "其他生产" in words
