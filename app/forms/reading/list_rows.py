"""Rows of a free table: read, checked against their total, placed beside what stands there already."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from app.assessment.numbers import brief
from app.forms.answer import MISSING, Answer, AnswerBook, Change, Given, RowsChange, cell_key
from app.forms.cell_words import number_in
from app.forms.grid import Grid, GridCell
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.question_index import row_label
from app.forms.reading.blocks import Block, is_number
from app.forms.reading.cells import read_cell
from app.forms.reading.list_columns import ListColumn, is_amount
from app.forms.reading.not_applicable import ask_not_applicable
from app.forms.reading.plan import SKIP, UNUSED, Draft, PastePlan, PlannedCell, SourceColumn
from app.forms.reading.units import fit, is_unit
from app.forms.reading.words import fold, is_total, tight

_OF_GROUP = re.compile(r"[\u4e00-\u9fff、()]{1,12}(?:小计|合计|总计)[:：]?")
_WITH_UNIT = re.compile(r"([-+]?[\d,，]+(?:\.\d+)?)\s*([^\d\s.,，%].*)")


def _sums_up(text: str) -> bool:
    """「合计」, and 「纸张小计」 of a group: no thing of a list is called so."""
    return is_total(text) or _OF_GROUP.fullmatch(tight(text)) is not None


def body_rows(table: TableQuestion, block: Block, draft: Draft) -> list[int]:
    found = []
    totals = False
    for index, row in enumerate(block.rows):
        texts = [cell.text.strip() for cell in row if cell.text.strip()]
        if not texts and not any(cell.note for cell in row):
            continue
        if any(_sums_up(cell.text) for cell in row[:4] if not is_number(cell.text)) or re.fullmatch(
            r"第\d+页(?:共\d+页)?", tight(texts[0]) if texts else ""
        ):
            totals = True
            continue
        if (
            block.head_count
            and len(texts) == 1
            and len(block.heads) > 2
            and re.match(
                r"(?:注|备注|说明|填表|制表|审核|单位负责人|日期)[:：]|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)",
                fold(texts[0]),
            )
        ):
            draft.say(f"「{texts[0][:20]}」不是一行数据，没有写")
            continue
        found.append(index)
    if totals:
        draft.say("合计、平均这些行不写，只拿来核对")
    return found


def rows_and_cells(
    table: TableQuestion,
    grid: Grid,
    book: AnswerBook,
    ids: Sequence[str],
    top_left: tuple[str, str] | None,
    block: Block,
    columns: list[ListColumn],
    unit_column: int | None,
    body: list[int],
    title_units: tuple[str, ...],
    reason: str,
    draft: Draft,
    new_ids: Callable[[int], Sequence[str]],
) -> PastePlan:
    _check_sums(block, columns, draft)
    typed = [c for c in table.columns if not c.derived]
    key_question = next(
        (c for c in typed if c.kind in (QuestionKind.TEXT, QuestionKind.CHOICE)), None
    )
    key_place = next(
        (
            p
            for p, c in enumerate(columns)
            if key_question is not None
            and c.question is not None
            and c.question.id == key_question.id
        ),
        None,
    )
    waiting = 0
    read: dict[int, dict[str, tuple[Answer, int, GridCell]]] = {}
    our_unit = next((c for c in typed if c.id == "unit" and c.kind is QuestionKind.TEXT), None)
    for index in body:
        found: dict[str, tuple[Answer, int, GridCell]] = {}
        unit = block.rows[index][unit_column].text.strip() if unit_column is not None else ""
        for place, column in enumerate(columns):
            question = column.question
            if question is None or (question.kind is QuestionKind.NUMBER and column.factor is None):
                continue
            cell = block.rows[index][place]
            if cell.merged and place == key_place and index and not cell.text.strip():
                cell = cell_above(block.rows, index, place)
            factor = column.factor or Fraction(1)
            own = question.unit
            if (
                unit
                and question.kind is QuestionKind.NUMBER
                and own
                and not column.said
                and place != unit_column
            ):
                fitted = fit(unit, own, question.tonnes)
                if fitted.factor is not None:
                    factor = fitted.factor
                elif (
                    is_amount(question)
                    and our_unit is None
                    and cell.text.strip()
                    and number_in(cell.text)
                ):
                    draft.problem(
                        cell.place,
                        f"单位是「{unit}」，这一列要 {own}，换算不了，没有写",
                        f"换成 {own} 再粘",
                        row=index,
                        column=place,
                    )
                    continue
            out: list[tuple[str, str]] = []
            beside = ""
            if (
                our_unit is not None
                and not own
                and is_amount(question)
                and not column.unit_from_head
            ):
                cell, beside = _unit_beside(cell)
            if beside:
                given = found.get("unit")
                stands = given[0].text if given is not None and isinstance(given[0], Given) else ""
                into = fit(beside, stands).factor if stands else Fraction(1)
                if into is None:
                    draft.problem(
                        cell.place,
                        f"写的是 {beside}，单位那一格是 {stands}，没有写",
                        "核对单位，改好再粘",
                        row=index,
                        column=place,
                    )
                    continue
                factor *= into
                if not stands:
                    found["unit"] = (Given(beside), place, GridCell(beside, cell.place))
            got = read_cell(
                question,
                cell,
                reason,
                _into(out),
                factor=factor,
                say=draft.say,
            )
            for what, remedy in out:
                draft.problem(cell.place, what, remedy, row=index, column=place)
            waiting += got.waiting
            if got.answer is not None:
                found[question.id] = (got.answer, place, cell)
            if column.unit_from_head and our_unit is not None and got.value is not None:
                given = found.get("unit")
                if given is None:
                    found["unit"] = (
                        Given(column.unit_from_head),
                        place,
                        GridCell(column.unit_from_head, cell.place),
                    )
                elif isinstance(given[0], Given) and tight(given[0].text) != tight(
                    column.unit_from_head
                ):
                    draft.problem(
                        cell.place,
                        f"列名写 {column.unit_from_head}，单位那一格写 {given[0].text}，没有写",
                        "核对单位，改好再粘",
                        row=index,
                        column=place,
                    )
                    found.pop(question.id)
        read[index] = found
    body = [
        index
        for index in body
        if read[index]
        or any(
            block.rows[index][p].text.strip()
            for p, c in enumerate(columns)
            if c.question is not None
        )
    ]
    rows, added, cleared, unchanged = _place(
        table, book, ids, top_left, block, columns, key_question, body, read, draft, new_ids
    )
    planned: list[PlannedCell] = []
    changes: list[Change | RowsChange] = []
    for index, row_id in rows.items():
        for column_id, (answer, place, cell) in read[index].items():
            key = cell_key(table.id, row_id, column_id)
            before = book.get(key)
            if answer == before or (
                isinstance(answer, Given)
                and isinstance(before, Given)
                and answer.text == before.text
            ):
                unchanged += 1
                continue
            planned.append(
                PlannedCell(
                    index,
                    place,
                    key,
                    row_id,
                    column_id,
                    cell.text.strip(),
                    before,
                    answer,
                    cell.place,
                )
            )
    planned, undone = ask_not_applicable(table, book, planned, draft)
    planned.sort(key=lambda c: (c.row, c.column))
    used = {cell.row_id for cell in planned}
    fresh = tuple(row_id for row_id in added if row_id in used)
    if fresh:
        before_rows = book.row_ids(table.id)
        changes.append(RowsChange(table.id, before_rows, before_rows + fresh))
    written = {cell.key for cell in planned}
    changes += [change for change in cleared if change.key not in written]
    changes += [*undone, *(Change(cell.key, cell.before, cell.after) for cell in planned)]
    if waiting:
        draft.problem(
            "", f"有 {waiting} 格写着「/」，看成不适用，还没写原因", "在下面写一句原因，就一起写入"
        )
    shown_rows = [rows.get(index, "") for index in range(len(block.rows))]
    source_columns = tuple(
        SourceColumn(
            column.head.text,
            column.question.id if column.question else UNUSED,
            column.by,
            column.factor or Fraction(1),
            column.head.unit or (column.question.unit if column.question else ""),
        )
        for column in columns
    )
    return PastePlan(
        table=table,
        grid=Grid(tuple(block.rows), grid.notes, grid.sheet, grid.file),
        head_rows=0,
        columns=source_columns,
        rows=tuple(shown_rows),
        cells=tuple(planned),
        changes=tuple(changes),
        problems=tuple(draft.problems),
        understood=tuple(draft.understood),
        questions=tuple(draft.questions),
        reason_needed=waiting,
        unchanged=unchanged,
        settled=tuple(draft.settled),
    )


def _unit_beside(cell: GridCell) -> tuple[GridCell, str]:
    """「12.5吨」 as its number and its unit; the cell as it is when it holds no unit."""
    found = _WITH_UNIT.fullmatch(cell.text.strip())
    if found is None or not is_unit(found[2]):
        return cell, ""
    return cell._replace(text=found[1]), found[2]


def _into(out: list[tuple[str, str]]) -> Callable[[str, str], None]:
    """A collector of what is refused."""
    return lambda what, remedy: out.append((what, remedy))


def cell_above(rows: list[tuple[GridCell, ...]], index: int, place: int) -> GridCell:
    while index > 0 and not rows[index][place].text.strip():
        index -= 1
    return rows[index][place]


def _check_sums(block: Block, columns: list[ListColumn], draft: Draft) -> None:
    """A total row of the list against its rows; the column is asked about where they differ."""
    totals = [
        i
        for i, row in enumerate(block.rows)
        if any(_sums_up(c.text) for c in row[:4] if not is_number(c.text))
    ]
    if not totals:
        return
    last = totals[-1]
    for place, column in enumerate(columns):
        if (
            column.question is None
            or column.question.kind is not QuestionKind.NUMBER
            or column.factor is None
        ):
            continue
        written = number_in(block.rows[last][place].text)
        if not written:
            continue
        values = [
            number_in(row[place].text)
            for i, row in enumerate(block.rows)
            if i not in totals and i < last
        ]
        before = totals[-2] if len(totals) > 1 else -1
        since = [
            number_in(row[place].text) for i, row in enumerate(block.rows) if before < i < last
        ]
        sums = [sum((v for v in some if v is not None), Fraction(0)) for some in (values, since)]
        if any(abs(written - one) * 1000 <= abs(one) for one in sums):
            continue
        chosen = draft.ask(
            f"total:{place}",
            f"{block.rows[last][place].place} 原表合计写 {brief(written)}，各行加起来是 {brief(sums[0])}：是不是漏了行，或者有一格不对？",
            (("keep", "各行照写，合计不写"), (SKIP, "这一列不写")),
            column=place,
        )
        if chosen != "keep":
            column.factor = None


def _place(
    table: TableQuestion,
    book: AnswerBook,
    ids: Sequence[str],
    top_left: tuple[str, str] | None,
    block: Block,
    columns: list[ListColumn],
    key: Question | None,
    body: list[int],
    read: Mapping[int, Mapping[str, tuple[Answer, int, GridCell]]],
    draft: Draft,
    new_ids: Callable[[int], Sequence[str]],
) -> tuple[dict[int, str], tuple[str, ...], list[Change], int]:
    """Block row -> row id, new ids in order, cells cleared in overwritten rows, cells found unchanged."""
    typed = [c.id for c in table.columns if not c.derived]
    full = [
        r for r in ids if any(book.answers.get(cell_key(table.id, r, c)) is not None for c in typed)
    ]
    empty = [r for r in ids if r not in full]
    rows: dict[int, str] = {}
    unchanged = 0
    has_key = key is not None and any(key.id in read[i] for i in body)
    if not block.head_count and not has_key and top_left is not None and top_left[0] in ids:
        # bare numbers go over what stands there, as in any spreadsheet
        rest = list(ids[ids.index(top_left[0]) :])
        span = body[-1] - body[0] + 1 if body else 0  # empty rows keep their places
        fresh = tuple(new_ids(max(0, span - len(rest))))
        if fresh:
            draft.say(f"会加 {len(fresh)} 行")
        places = [*rest, *fresh]
        return {index: places[index - body[0]] for index in body}, fresh, [], 0
    if not full:
        if top_left is not None and top_left[0] in empty:
            empty = empty[empty.index(top_left[0]) :]
        fresh = tuple(new_ids(max(0, len(body) - len(empty))))
        if fresh:
            draft.say(f"会加 {len(fresh)} 行")
        return dict(zip(body, [*empty, *fresh], strict=False)), fresh, [], 0
    same_as = _identical(table, book, full, body, read)
    for index in same_as:
        unchanged += len(read[index])
    left = [i for i in body if i not in same_as]
    if same_as:
        draft.say(f"有 {len(same_as)} 行和已有的一样，不再写")
    if not left:
        return {}, (), [], unchanged
    by_name: dict[str, list[str]] = defaultdict(list)
    if key is not None:
        for row_id in full:
            by_name[_plain(book.text(cell_key(table.id, row_id, key.id)))].append(row_id)
    pasted_names = [_plain_answer(read[i].get(key.id)) if key is not None else "" for i in left]
    twins = {
        n: by_name[n][0]
        for n in pasted_names
        if n and len(by_name.get(n, ())) == 1 and pasted_names.count(n) == 1
    }
    at_cursor = top_left is not None and top_left[0] in full
    unique = len(set(by_name)) == len(full)
    if not (at_cursor or (twins and unique)):
        fresh = tuple(new_ids(max(0, len(left) - len(empty))))
        draft.say(f"加在后面，新增 {len(left)} 行")
        return dict(zip(left, [*empty, *fresh], strict=False)), fresh, [], unchanged
    choices = [("add", f"加在后面，新增 {len(left)} 行")]
    if twins and unique:
        choices.insert(
            0,
            (
                "same",
                f"同名的 {len(twins)} 行更新"
                + (f"，另加 {len(left) - len(twins)} 行" if len(left) > len(twins) else ""),
            ),
        )
    if at_cursor and top_left is not None:
        first = row_label(table, top_left[0], book)
        choices.append(("over", f"从「{first}」往下覆盖，原来那几行换掉"))
    chosen = draft.ask(
        "rows",
        f"表里已经有 {len(full)} 行，贴进来 {len(left)} 行：放在哪里？",
        (*choices, (SKIP, "都不写")),
    )
    if chosen == "add":
        fresh = tuple(new_ids(max(0, len(left) - len(empty))))
        return dict(zip(left, [*empty, *fresh], strict=False)), fresh, [], unchanged
    if chosen == "same":
        others = [i for i, n in zip(left, pasted_names, strict=True) if n not in twins]
        fresh = tuple(new_ids(max(0, len(others) - len(empty))))
        rows = {i: twins[n] for i, n in zip(left, pasted_names, strict=True) if n in twins}
        rows |= dict(zip(others, [*empty, *fresh], strict=False))
        return rows, fresh, [], unchanged
    if chosen == "over" and top_left is not None:
        rest = list(ids[list(ids).index(top_left[0]) :])
        fresh = tuple(new_ids(max(0, len(left) - len(rest))))
        rows = dict(zip(left, [*rest, *fresh], strict=False))
        cleared = []
        for index, row_id in rows.items():
            if row_id in fresh or not has_key:
                continue
            name = _plain_answer(read[index].get(key.id)) if key is not None else ""
            if key is not None and name == _plain(book.text(cell_key(table.id, row_id, key.id))):
                continue  # the same material: what is not pasted stays
            for column in typed:
                where = cell_key(table.id, row_id, column)
                if column not in read[index] and book.answers.get(where) is not None:
                    cleared.append(Change(where, book.get(where), MISSING))
        return rows, fresh, cleared, unchanged
    return {}, (), [], unchanged


def _plain(text: str) -> str:
    return tight(text)


def _plain_answer(found: tuple[Answer, int, GridCell] | None) -> str:
    return tight(found[0].text) if found is not None and isinstance(found[0], Given) else ""


def _identical(
    table: TableQuestion,
    book: AnswerBook,
    full: Sequence[str],
    body: list[int],
    read: Mapping[int, Mapping[str, tuple[Answer, int, GridCell]]],
) -> dict[int, str]:
    """Pasted rows that stand there already, word for word, each existing row once."""
    free = list(full)
    found: dict[int, str] = {}
    for index in body:
        if not read[index]:
            continue
        for row_id in free:
            if all(
                _alike(answer, book.get(cell_key(table.id, row_id, column)))
                for column, (answer, _, _) in read[index].items()
            ):
                found[index] = row_id
                free.remove(row_id)
                break
    return found


def _alike(one: Answer, other: Answer) -> bool:
    if isinstance(one, Given) and isinstance(other, Given):
        return one.text == other.text
    return one == other
