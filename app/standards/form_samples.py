"""Sample audits: answers written as a user would type them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.assessment.finding import NotApplicable
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.parse import parse_answer
from app.forms.question import (
    Questionnaire,
    RowsKind,
)
from app.forms.question_index import Place, QuestionIndex
from app.forms.sample import SampleAudit
from app.standards.fields import Fields, words_of
from app.standards.reader import Reader
from app.standards.tree import Items, Node
from app.standards.yaml_tree import read_or_note


def load_sample(
    path: Path, questionnaires: Mapping[str, Questionnaire], faults: Reader
) -> SampleAudit | None:
    """A sample audit, each answer against a question that exists. Without system and table: a firm no system fits."""
    mark = read_or_note(path, faults)
    if mark is None:
        return None
    allowed = (
        "name", "questionnaire", "system", "table", "answers", "tables", "indicators", "removed",
        "after",
    )  # fmt: skip
    fields = Fields(mark, faults, allowed, "示例案卷")
    questionnaire = questionnaires.get(fields.text("questionnaire"))
    if questionnaire is None:
        faults.fail(fields.where("questionnaire"), "没有这套问题", "检查拼写")
        return None
    index = QuestionIndex(questionnaire)
    answers: dict[str, Answer] = {}
    rows: dict[str, tuple[str, ...]] = {}
    _read_answers(fields, index, answers, rows, faults)
    after: dict[str, Answer] = {}
    after_rows: dict[str, tuple[str, ...]] = {}
    if "after" in fields.map:
        later = Fields(fields.map["after"], faults, ("answers", "tables"), "做完以后")
        _read_answers(later, index, after, after_rows, faults)
    table_id = fields.text("table", "")
    for indicator_id, value in fields.pairs("indicators"):
        answers[f"indicator/{table_id}/{indicator_id}"] = _answer(value, None, faults)
    removed = fields.texts("removed")
    for key in removed:
        if key not in answers:
            faults.fail(fields.where("removed"), f"「{key}」本来就没有回答", "检查拼写")
    return SampleAudit(
        path.stem,
        fields.text("name"),
        questionnaire.id,
        fields.text("system", ""),
        table_id,
        AnswerBook(answers, rows),
        removed,
        after,
        after_rows,
    )


def _read_answers(
    fields: Fields,
    index: QuestionIndex,
    answers: dict[str, Answer],
    rows: dict[str, tuple[str, ...]],
    faults: Reader,
) -> None:
    """`answers` and `tables` of a part of the file, into `answers` and `rows`."""
    for key, value in fields.pairs("answers"):
        if not key.startswith(("front.", "audit.")) and (
            key not in index.places or index.places[key].table is not None
        ):
            faults.fail(value.place, f"没有「{key}」这个问题", "检查拼写")
        answers[key] = _answer(value, index.places.get(key), faults)
    for table_id, table in fields.pairs("tables"):
        if table_id not in index.tables:
            faults.fail(table.place, f"没有「{table_id}」这张表", "检查拼写")
            continue
        question = index.tables[table_id]
        inner = Fields(table, faults, ("columns", "rows"), "示例表")
        columns = inner.texts("columns")
        for column_id in columns:
            if f"{table_id}.{column_id}" not in index.places:
                faults.fail(
                    inner.where("columns"), f"表「{table_id}」没有「{column_id}」列", "检查拼写"
                )
        ids = []
        for row_id, row in inner.pairs("rows"):
            ids.append(row_id)
            cells = row.nodes if isinstance(row, Items) else ()
            if len(cells) != len(columns):
                faults.fail(
                    row.place, f"要 {len(columns)} 格，写了 {len(cells)} 格", "补齐，没填的写 ~"
                )
            for column_id, cell in zip(columns, cells, strict=False):
                if words_of(cell) != "":
                    place = index.places.get(f"{table_id}.{column_id}")
                    answers[cell_key(table_id, row_id, column_id)] = _answer(cell, place, faults)
        if question.rows is RowsKind.FREE:
            rows[table_id] = tuple(ids)


def _answer(mark: Node, place: Place | None, faults: Reader) -> Answer:
    """A text, `{na: 原因}`, or `{value: …, note: …}`; read as if the user had typed it."""
    words = words_of(mark)
    if words is not None:
        text, note = words.strip(), ""
    else:
        fields = Fields(mark, faults, ("na", "value", "note"), "回答")
        if "na" in fields.map:
            return NotApplicable(fields.text("na"))
        text, note = fields.text("value"), fields.text("note", "")
    if place is None:
        return Given(text, note=note)
    parsed = parse_answer(place.question, text)
    if parsed.problem is not None:
        faults.fail(mark.place, parsed.problem.what, parsed.problem.remedy)
    return replace(parsed.answer, note=note) if isinstance(parsed.answer, Given) else parsed.answer
