"""Where no document gives a level: the firm's own figures with its measures, and causes that other sectors' data show."""

from dataclasses import replace

from app.audit.project import AuditProject
from app.forms.answer import Answer, AnswerBook, Given
from app.measures.apply import combine
from app.measures.causes import drafted
from app.measures.changes import figure_changes
from app.measures.model import measures_of
from app.measures.results import performance
from app.papers.document import Table, cell_text
from app.papers.owner import change_blocks
from tests.helpers.fill import project_of
from tests.helpers.forms import printer_project, shipped_forms, shipped_reference


def test_a_printer_compares_itself_before_and_after() -> None:
    project = printer_project()
    found = {one.quantity_id: one for one in figure_changes(project)}
    saved = combine(project, measures_of(project)).saved
    emitted = found["voc.emitted"]
    assert emitted.now - emitted.planned == saved["voc"], "as every other table says"
    power = found["energy.electricity"]
    rows = performance(project)
    assert power.now - power.planned == rows.totals["electricity"] * 10000, (
        "not of an undecided one"
    )
    made = found["voc.generated"]
    assert made.now - made.planned == saved["voc_made"] > 12000, "the measures' own, exactly"
    (table,) = [one for one in change_blocks(tuple(found.values())) if isinstance(one, Table)]
    said = {cell_text(row.cells[0]): cell_text(row.cells[4]) for row in table.rows}
    assert said["VOC 产生量"].startswith("−")


def restaurant(answers: dict[str, str], **rows: tuple[str, ...]) -> AuditProject:
    forms = shipped_forms()
    given: dict[str, Answer] = {"audit.base_year": Given("2025")}
    given |= {key: Given(text) for key, text in answers.items()}
    return project_of(forms.questionnaires["restaurant"], AnswerBook(given, rows))


def test_what_a_kitchen_s_data_show() -> None:
    years = {
        f"product.years/{year}/{column}": value
        for year, covers, waste in (("2023", "182000", "36000"), ("2025", "201000", "43800"))
        for column, value in (("covers", covers), ("food_waste", waste))
    }
    kitchen = {"restaurant.stoves": "14", "restaurant.efficient": "4"}
    said = drafted(restaurant({**years, **kitchen}), None, None)
    assert said["equipment"] == "节能灶只有 4 个，一共 14 个"
    assert said["waste"] == "每人次餐厨垃圾 0.218 kg/人次，比 2023 年的 0.198 多 10%"
    assert "equipment" not in drafted(
        restaurant({**kitchen, "restaurant.efficient": "14"}), None, None
    )


def test_a_kitchen_s_exceedance_and_missing_stoves_are_said() -> None:
    fume = {"outlet": "DA001", "date": "2025-11-12", "item": "油烟", "result": "2.6", "limit": "2", "unit": "mg/m³"}  # fmt: skip
    cells = {f"env.monitoring/r1/{column}": text for column, text in fume.items()}
    kitchen = {"restaurant.stoves": "14", "restaurant.efficient": "0"}
    project = restaurant({**kitchen, **cells}, **{"env.monitoring": ("r1",)})
    said = drafted(project, None, None)
    assert said["equipment"] == "没有节能灶，一共 14 个"
    assert said["waste"] == "DA001 油烟 2.6 mg/m³，超过限值 2"


def test_no_more_waste_water_is_saved_than_drains() -> None:
    rows = {"measures.list": ("r1",), "water.units": ("r1",)}
    cells = {"measures.list/r1/name": "改池洗", "water.units/r1/drain": "1000"}

    def problems(drain: str) -> str:
        project = restaurant({**cells, "measures.savings/r1/drain": drain}, **rows)
        (measure,) = measures_of(replace(project, reference=shipped_reference()))
        return "".join(map(str, measure.problems))

    assert problems("800") == ""
    assert "省 1,200 m³，比全年的 1,000 m³ 还多" in problems("1200")


def test_nothing_is_compared_while_nothing_is_known() -> None:
    project = restaurant({})
    assert figure_changes(project) == ()
    assert figure_changes(replace(project, book=AnswerBook({}))) == ()
