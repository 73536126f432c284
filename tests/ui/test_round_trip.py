"""A table copied here and pasted into an empty audit is the same table: no question, no cell lost, none changed.

Some tables of all sets; others with other dice (tests.helpers.dice), all of them with ALL_TABLES=1.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.forms.answer import AnswerBook, Given, cell_key
from app.forms.dated import dated
from app.forms.grid import grid_from_text
from app.forms.paste import plan_paste
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import row_ids
from app.forms.visible import asked_columns
from app.ui.session import SessionModel
from app.ui.tables.panel import TablePanel
from tests.helpers.dice import dice
from tests.helpers.forms import shipped_forms
from tests.helpers.open_audit import open_audit

EACH_RUN = 9
GATES = {
    "audit.base_year": Given("2025"),
    "energy.by_month": Given("diesel|heat|lpg|gasoline|coal|lng|fuel_oil|kerosene|solar"),
}
PARENT_ROWS = ("r1", "r2", "r3")


def _tables() -> dict[str, TableQuestion]:
    found: dict[str, TableQuestion] = {}
    sets = shipped_forms().questionnaires
    for questionnaire in (sets["industry"], *sets.values()):  # the open audit is one of industry
        for page in dated(questionnaire, 2025).pages():
            for card in page.cards:
                for item in card.items:
                    if isinstance(item, TableQuestion) and any(not c.derived for c in item.columns):
                        found.setdefault(item.id, item)
    return found


TABLES = _tables()
CHOSEN = (
    sorted(TABLES)
    if os.environ.get("ALL_TABLES")
    else sorted(dice("round trip").sample(sorted(TABLES), EACH_RUN))
)


def _value(question: Question, rng: random.Random, row: int) -> str:
    check = question.check
    match question.kind:
        case QuestionKind.NUMBER:
            if question.unit == "%":
                return str(rng.randint(2, 99))
            low = float(check.usual_minimum or check.minimum or 1)
            high = float(check.usual_maximum or check.maximum or 9000)
            number = rng.uniform(max(low, 1), max(high, low + 1))
            return (
                str(round(number))
                if rng.random() < 0.5
                else f"{number:.2f}".rstrip("0").rstrip(".")
            )
        case QuestionKind.DATE:
            return f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        case QuestionKind.MONTH:
            return f"2025-{rng.randint(1, 12):02d}"
        case QuestionKind.YEAR:
            return str(rng.randint(2010, 2025))
        case QuestionKind.CHOICE:
            return rng.choice(question.options).id
        case QuestionKind.MULTI_CHOICE:
            return "|".join(option.id for option in question.options[:2])
        case QuestionKind.YES_NO:
            return rng.choice(("yes", "no"))
        case _ if question.id == "unit":
            return rng.choice(("t", "kg", "m³"))
        case _ if "CAS" in question.title:
            return "1333-82-0"
        case _:
            return (
                rng.choice(("镀锌线", "盐酸（31%）", "A 区 2 号", "危废仓库", "GB 21900-2008"))
                + f" {row}"
            )


def _filled(table: TableQuestion, rng: random.Random) -> AnswerBook:
    answers = dict(GATES)
    rows: dict[str, tuple[str, ...]] = {}
    if table.rows is RowsKind.FREE:
        rows[table.id] = PARENT_ROWS
    if table.rows is RowsKind.FOLLOWING:
        rows[table.rows_of] = PARENT_ROWS
        for number, row_id in enumerate(PARENT_ROWS):
            answers[cell_key(table.rows_of, row_id, "name")] = Given(f"方案 {number}")
    book = AnswerBook(answers, rows)
    year_scale: dict[str, float] = {}
    for number, row_id in enumerate(row_ids(table, book, 2025)):
        if table.rows is RowsKind.MONTHS and not row_id.startswith("2025"):
            continue
        for column in asked_columns(table, book):
            if column.derived or (number and rng.random() < 0.1):
                continue
            text = _value(column, rng, number)
            if column.kind is QuestionKind.NUMBER and table.rows is RowsKind.MONTHS:
                base = year_scale.setdefault(column.id, rng.uniform(5000, 60000))
                text = str(round(base * rng.uniform(0.8, 1.2)))
            answers[cell_key(table.id, row_id, column.id)] = Given(text)
    return AnswerBook(answers, rows)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[SessionModel]]:
    models: list[SessionModel] = []
    yield models
    for model in models:
        model.close()


@pytest.mark.parametrize("table_id", CHOSEN)
def test_what_is_copied_comes_back_as_it_was(
    qtbot: QtBot, tmp_path: Path, opened: list[SessionModel], table_id: str
) -> None:
    table = TABLES[table_id]
    book = _filled(table, dice(table_id))
    model = open_audit(tmp_path, book)
    opened.append(model)
    panel = TablePanel(model, table)
    qtbot.addWidget(panel)
    panel.load(model.project, 2025, {}, ())
    panel.view.selectAll()
    panel.copy()
    clip = QApplication.clipboard().text()
    empty = AnswerBook(
        {k: v for k, v in book.answers.items() if not k.startswith(f"{table.id}/")},
        {k: v for k, v in book.rows.items() if k != table.id},
    )
    plan = plan_paste(
        table,
        grid_from_text(clip),
        empty,
        base_year=2025,
        year=2025,
        new_ids=lambda count: [f"r{n + 1}" for n in range(count)],
    )
    wanted = {
        key: answer.text
        for key, answer in book.answers.items()
        if key.startswith(f"{table.id}/") and isinstance(answer, Given)
    }
    written = {cell.key: getattr(cell.after, "text", "") for cell in plan.cells}
    assert not plan.questions, (plan.questions, clip)
    assert written == wanted, ([problem.what for problem in plan.problems], clip)
