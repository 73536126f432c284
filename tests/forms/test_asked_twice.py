"""One entry, all places: what a firm has said once stands in the second place by the same act; nothing it typed is touched."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from app.assessment.units import times_between
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given, apply, cell_key, inverse
from app.forms.question import Question, QuestionKind, Questionnaire, RowsKind, TableQuestion
from app.forms.row_units import unit_in_name
from app.services import acts
from tests.helpers.fill import project_of
from tests.helpers.forms import shipped_forms

SETS = sorted(set(shipped_forms().questionnaires) - {"front_door"})


def _project(name: str, book: AnswerBook) -> AuditProject:
    answers = {"audit.base_year": Given("2025"), "audit.questionnaire": Given(name)}
    return project_of(
        shipped_forms().questionnaires[name],
        AnswerBook({**answers, **book.answers}, book.rows),
    )


class _Firm:
    """An audit that is typed into, act by act."""

    def __init__(self, name: str) -> None:
        self.name, self.book = name, AnswerBook({})

    def type(self, key: str, text: str) -> None:
        project = _project(self.name, self.book)
        act = acts.answer(project, key, Given(text))
        before = project.book
        self.book = apply(before, act.changes)
        back = apply(self.book, inverse(act))
        assert back.answers == before.answers, "undo takes all of it back"
        assert {t: r for t, r in back.rows.items() if r} == before.rows

    def row(self, table: str, **cells: str) -> str:
        project = _project(self.name, self.book)
        rows = project.book.row_ids(table)
        row = f"r{len(rows) + 50}"
        act = acts.insert_row(project, table, row, len(rows))
        self.book = apply(project.book, act.changes)
        for column, text in cells.items():
            self.type(cell_key(table, row, column), text)
        return row

    def rows(self, table: str) -> list[tuple[str, ...]]:
        columns = ("name", "kind", "y2", "y1", "y0")
        return [
            tuple(self.book.text(cell_key(table, row, column)) for column in columns)
            for row in self.book.row_ids(table)
        ]


def test_a_restaurant_types_its_food_waste_once() -> None:
    firm = _Firm("restaurant")
    for year, text in (("2023", "54500"), ("2024", "53800"), ("2025", "52480")):
        firm.type(f"product.years/{year}/food_waste", text)
    assert firm.rows("env.waste") == [("餐厨垃圾", "general", "54.5", "53.8", "52.48")]
    firm.type("product.years/2025/food_waste", "52000")
    assert firm.rows("env.waste")[0][4] == "52"
    (row,) = firm.book.row_ids("env.waste")
    firm.type(cell_key("env.waste", row, "y0"), "51.7")
    firm.type("product.years/2025/food_waste", "52100")
    assert firm.rows("env.waste")[0][4] == "51.7", "what somebody typed stays"


def test_a_row_that_is_there_takes_it_and_none_comes_twice() -> None:
    firm = _Firm("hotel")
    firm.row("env.waste", name="厨余垃圾", kind="general")
    firm.type("product.years/2025/food_waste", "18000")
    assert firm.rows("env.waste") == [("厨余垃圾", "general", "", "", "18")]
    (row,) = firm.book.row_ids("env.waste")
    firm.type(cell_key("env.waste", row, "name"), "剩饭剩菜")
    assert len(firm.rows("env.waste")) == 1


def test_nothing_and_nought_put_in_no_row() -> None:
    firm = _Firm("hotel")
    firm.type("product.years/2025/food_waste", "0")
    assert firm.rows("env.waste") == []


@pytest.mark.parametrize(
    ("name", "key", "text", "expected"),
    [
        ("office", "office.food_waste", "3200", ("餐厨垃圾", "general", "", "", "3.2")),
        ("hospital", "product.years/2024/medical_waste", "86000", ("医疗废物", "hazardous", "", "86", "")),
        ("car_repair", "repair.oil_amount", "4200", ("废机油", "hazardous", "", "", "4.2")),
        ("car_repair", "repair.batteries", "800", ("废铅蓄电池", "hazardous", "", "", "0.8")),
        ("livestock", "livestock.manure/2023/generated", "5200", ("畜禽粪污", "general", "5200", "", "")),
        ("retail", "retail.cartons", "9500", ("废纸箱", "general", "", "", "9.5")),
    ],
)  # fmt: skip
def test_every_trade_types_its_waste_once(
    name: str, key: str, text: str, expected: tuple[str, ...]
) -> None:
    firm = _Firm(name)
    if name == "office":
        firm.type("office.canteen", "yes")
    firm.type(key, text)
    assert firm.rows("env.waste") == [expected]


def test_a_paint_of_the_list_of_materials_brings_its_amount_to_the_ledgers() -> None:
    firm = _Firm("industry")
    for key, text in (("voc.used", "yes"), ("materials.has_toxic", "yes")):
        firm.type(key, text)
    firm.row("materials.list", name="PU底漆", unit="吨", y0="10")
    paint = firm.row("voc.materials", name="PU底漆")
    assert firm.book.text(cell_key("voc.materials", paint, "amount")) == "10000"
    toxic = firm.row("materials.toxic", name="PU底漆")
    assert firm.book.text(cell_key("materials.toxic", toxic, "amount")) == "10000"
    firm.type("materials.list/r50/y0", "11")
    assert firm.book.text(cell_key("voc.materials", paint, "amount")) == "11000"
    other = firm.row("voc.materials", name="天那水")
    assert firm.book.text(cell_key("voc.materials", other, "amount")) == ""


def test_covers_stand_beside_what_was_measured_after() -> None:
    firm = _Firm("restaurant")
    firm.type("product.years/2025/covers", "131200")
    assert firm.book.text("after.output_before") == "", "nothing before it is asked for"
    firm.type("after.period", "2026 年 7 至 9 月折年")
    assert firm.book.text("after.output_before") == "131200"
    assert firm.book.text("after.output_unit") == "人次"


def test_the_only_product_of_a_works_does_too_and_of_two_none() -> None:
    firm = _Firm("industry")
    firm.type("product.has_others", "yes")
    firm.row("product.list", name="餐椅", unit="把", y0="27800")
    firm.type("after.output", "28000")
    assert firm.book.text("after.output_before") == "27800"
    firm = _Firm("industry")
    firm.type("product.has_others", "yes")
    firm.row("product.list", name="餐椅", unit="把", y0="27800")
    firm.row("product.list", name="餐桌", unit="张", y0="5600")
    firm.type("after.output", "28000")
    assert firm.book.text("after.output_before") == ""


def test_the_outlet_meter_fills_the_only_works_outlet() -> None:
    firm = _Firm("industry")
    firm.type("water.outlet_meter", "30870")
    outlet = firm.row("env.outlets", name="DW001 总排口", kind="water")
    assert firm.book.text(cell_key("env.outlets", outlet, "flow")) == "30870"
    other = _Firm("industry")
    other.type("water.outlet_meter", "30870")
    outlet = other.row("env.outlets", name="DW002 生活污水", kind="water")
    assert other.book.text(cell_key("env.outlets", outlet, "flow")) == ""


def _numbers(questions: Questionnaire) -> Iterator[tuple[str, str, str, str, str]]:
    """(table or question, name, unit, rows, column) of every number that is typed."""
    for page in questions.pages():
        for card in page.cards:
            for item in card.items:
                if isinstance(item, Question) and item.kind is QuestionKind.NUMBER:
                    if not item.derived:
                        yield item.id, item.short or item.title, item.unit, "", ""
                elif isinstance(item, TableQuestion):
                    for one in item.columns:
                        if one.kind is not QuestionKind.NUMBER or one.derived:
                            continue
                        if item.rows is RowsKind.FIXED:
                            for row in item.fixed_rows:
                                unit = one.unit or unit_in_name(row.label)
                                yield item.id, row.label, unit, "fixed", one.id
                        elif one.id not in ("y2", "y1", "y0"):
                            yield item.id, one.title, one.unit, item.rows.value, one.id


def _core(name: str) -> str:
    return re.sub(r"（.*?）|[A-Za-z%³²\s]|一年的?|全年|其中|去年|\{.*?\}", "", name)


@pytest.mark.parametrize("name", SETS)
def test_no_set_asks_one_amount_by_one_name_in_two_places(name: str) -> None:
    """Same name, units that convert into each other, once for the firm: asked in one place only."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for item, title, unit, rows, _ in _numbers(shipped_forms().questionnaires[name]):
        if rows in ("", "years", "months"):
            found[_core(title)].append((item, unit))
    twice = []
    for core, places in found.items():
        for n, (one, unit) in enumerate(places):
            for other, unit2 in places[n + 1 :]:
                same = unit == unit2 or times_between(unit, unit2) is not None
                by_month = {"energy.months", "energy.bills"} & {one, other}
                if one != other and same and not by_month:
                    twice.append((core, one, other))
    assert twice == []
