"""Everything in an audit file, read at once and proved: the same checks at every door (window, score, report, restore).

Sound means: every page is whole (integrity_check), tables are exactly ours (no trigger, view or generated column of a
stranger), every act carries the hash of all acts before it (`seal`), the answers are what the change log last said, and
the rest of the file (settings, frozen texts, later tables) matches the seal in `meta`. One flipped bit in anything that
is shown, scored or printed is found; bits that SQLite does not use are not data.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from app.assessment.finding import NotApplicable
from app.errors import UserError
from app.forms.answer import Answer, AnswerBook, Given
from app.storage import database
from app.storage.present import SHAPE

SEAL = "seal"  # the key in meta
BASIS_ID = "@basis"  # of the frozen data beside the systems (app.audit.basis)
CREATED = "新建案卷"  # the label of the first act
_NEEDED_META = ("audit_id", "questionnaire")
# Proved in ways of their own: answers and rows by the change log, acts and changes by the chain of seals.
_OTHERWISE = {"answer", "table_row", "act", "change", "meta", "system"}

Shape = frozenset[tuple[str, str, str, str]]
"""(type, name, table, SQL without spaces and quotes) of everything a file declares."""
Columns = tuple[str, str, str, str]
"""state, text, raw, note."""


@dataclass(frozen=True)
class FrozenSystem:
    """The copy of an indicator system (or, under BASIS_ID, of the data beside it) that an audit keeps; `json` is its
    canonical text."""

    system_id: str
    json: str

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.json.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class FrozenText:
    """The same as it lies in the file; most readers have read its text before. hash: proved."""

    system_id: str
    hash: str
    body: bytes

    def read(self) -> FrozenSystem:
        return FrozenSystem(self.system_id, self.body.decode("utf-8"))


@dataclass(frozen=True)
class Contents:
    """A sound audit file. frozen: every frozen text, in the order of freezing. seal: stands for all of it."""

    book: AnswerBook
    frozen: tuple[FrozenText, ...]
    meta: Mapping[str, str]
    last_act: int
    seal: str

    def system(self, system_id: str, digest: str) -> FrozenText | None:
        """The copy of `system_id` with this hash, else the first one; None when there is none."""
        copies = [one for one in self.frozen if one.system_id == system_id]
        return next((one for one in copies if one.hash == digest), copies[0] if copies else None)


# ------------------------------------------------------------------------------------------------------ tables


def shape(connection: sqlite3.Connection) -> Shape:
    return shape_of(
        connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    )


def shape_of(declared: Iterable[tuple[str, str, str, str | None]]) -> Shape:
    """From (type, name, table, SQL); SQL is None for the indexes SQLite makes by itself."""
    return frozenset((kind, name, table, _plain_sql(sql)) for kind, name, table, sql in declared)


def _plain_sql(sql: object) -> str:
    return "".join(sql.replace('"', "").split()) if isinstance(sql, str) else repr(sql)


@cache
def present_shape() -> Shape:
    """The shape of a file of the present format."""
    return shape_of(SHAPE)


def check_tables(connection: sqlite3.Connection, path: Path, wanted: Shape) -> None:
    """UserError unless the file declares exactly `wanted`. Nothing else of it has been run until then."""
    found = shape(connection)
    strange = sorted(f"{kind} {name}" for kind, name, _table, _sql in found - wanted)
    lacking = sorted(f"{kind} {name}" for kind, name, _table, _sql in wanted - found)
    if strange or lacking:
        raise database.damaged(
            path,
            f"里面的表不是清审通写的样子（{'、'.join((strange or lacking)[:3])}）",
        )


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """UserError unless every page, row, index and constraint is sound."""
    if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise database.damaged(path)


# ------------------------------------------------------------------------------------------------------- seals


def act_seal(
    before: str, act: tuple[int, str, str, str], changes: Iterable[tuple[object, ...]]
) -> str:
    """The seal of an act (id, at, who, label) after the act sealed with `before`; changes: whole rows of `change`."""
    return _hash([before, act, list(changes)])


def file_seal(connection: sqlite3.Connection, later: list[str] | None = None) -> str:
    """The seal of the whole file: its last act, settings, frozen texts (by their hashes) and every later table.

    later: `later_tables` of this file, where the caller knows that nobody wrote to those since.
    """
    last = connection.execute("SELECT seal FROM act ORDER BY id DESC LIMIT 1").fetchone()
    parts: list[object] = [
        last[0] if last else "",
        connection.execute(
            "SELECT key, value FROM meta WHERE key <> ? ORDER BY key", (SEAL,)
        ).fetchall(),
        connection.execute(
            "SELECT id, system_id, hash, frozen_at FROM system ORDER BY id"
        ).fetchall(),
    ]
    texts = [_text(one) for one in parts]
    texts += later_tables(connection) if later is None else later
    return _hash_text(f"[{','.join(texts)}]")


def later_tables(connection: sqlite3.Connection) -> list[str]:
    """The rows of every later table, as the seal takes them: thousands where there are many papers."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [
        _text(connection.execute(_all_rows(connection, name)).fetchall())
        for (name,) in tables.fetchall()
        if name not in _OTHERWISE
    ]


def _all_rows(connection: sqlite3.Connection, table: str) -> str:
    """The query for a later table. Large contents (BLOB) have hashes of their own beside them."""
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    names = ", ".join(f'"{name}"' for _, name, kind, *_ in columns if kind != "BLOB")
    return f'SELECT {names} FROM "{table}" ORDER BY {names}'


def _hash(parts: list[object]) -> str:
    return _hash_text(_text(parts))


_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def _text(part: object) -> str:
    return _WRITTEN.encode(part)


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ----------------------------------------------------------------------------------------------------- reading


def read_contents(
    connection: sqlite3.Connection, path: Path, wanted: Shape | None = None
) -> Contents:
    """Prove a file and read it. UserError when it is not sound, with what and where.

    `path` is what the user calls the file. wanted: the shape of an older sealed format, None for the present one.
    """
    with database.reading(path):
        check_tables(connection, path, present_shape() if wanted is None else wanted)
        connection.execute("BEGIN")
        try:
            check_pages(connection, path)
            return _read(connection, path)
        finally:
            connection.execute("ROLLBACK")


def _read(connection: sqlite3.Connection, path: Path) -> Contents:
    acts = connection.execute("SELECT id, at, who, label, seal FROM act ORDER BY id").fetchall()
    changes = connection.execute(
        "SELECT id, act_id, kind, key, before_state, before_text, before_raw, before_note,"
        " after_state, after_text, after_raw, after_note FROM change ORDER BY act_id, id"
    ).fetchall()
    place, seal = 0, ""
    for act in acts:
        start = place
        while place < len(changes) and changes[place][1] == act[0]:
            place += 1
        seal = act_seal(seal, act[:4], changes[start:place])
        if seal != act[4]:
            raise database.damaged(path, f"第 {act[0]} 次改动的记录和它的校验对不上")
    if place != len(changes):
        raise database.damaged(path, "改动记录里有不属于任何一次改动的行")
    meta: dict[str, str] = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    whole = file_seal(connection)
    if whole != meta.get(SEAL):
        raise database.damaged(path, "案卷的设置、冻结的体系或附带的表和校验对不上")
    frozen = []
    for system_id, digest, kind, body in connection.execute(
        "SELECT system_id, hash, typeof(json), CAST(json AS BLOB) FROM system ORDER BY id"
    ):
        if kind != "text" or hashlib.sha256(body).hexdigest() != digest:
            raise database.damaged(path, f"案卷里冻结的「{system_id}」和它的校验对不上", system_id)
        frozen.append(FrozenText(system_id, digest, body))
    logged, orders = last_logged(changes)
    answers = check_answers(connection, path, logged)
    rows = check_rows(connection, path, orders)
    if any(not meta.get(key) for key in _NEEDED_META):
        raise database.damaged(path, "案卷没有写明自己的编号或问题集")
    return Contents(
        AnswerBook(answers, rows),
        tuple(frozen),
        meta,
        acts[-1][0] if acts else 0,
        whole,
    )


def last_logged(
    changes: Iterable[tuple[object, ...]],
) -> tuple[dict[str, Columns], dict[str, str]]:
    """From rows of `change` in order: the last value of every answer (all of them, also those cleared), the last row
    order of every table, one id a line."""
    answers: dict[str, Columns] = {}
    orders: dict[str, str] = {}
    for row in changes:
        if row[2] == "rows":
            orders[row[3]] = row[9]  # type: ignore[index, assignment]
        else:
            answers[row[3]] = row[8:12]  # type: ignore[index, assignment]
    return answers, orders


def check_answers(
    connection: sqlite3.Connection,
    path: Path,
    logged: Mapping[str, Columns],
    *,
    all_logged: bool = True,
) -> dict[str, Answer]:
    """The answers by key. UserError when one is not what the change log last said.

    all_logged False: answers the log never speaks of count as they are (files from before the log was complete).
    """
    answers: dict[str, Answer] = {}
    nothing = ("missing", "", "", "")
    for row in connection.execute("SELECT key, state, text, raw, note FROM answer ORDER BY key"):
        key, found = row[0], row[1:]
        said = logged.get(key, nothing if all_logged else found)
        if said != found or (not all_logged and not all(isinstance(one, str) for one in row)):
            raise differs(path, key, found[1], said)
        if found[0] == "given":
            answers[key] = Given(*found[1:])
        elif found[0] == "not_applicable":
            answers[key] = NotApplicable(found[3])
        else:
            raise database.damaged(path, f"「{key}」的状态「{found[0]}」不认识", key)
    for key, said in logged.items():
        if said[0] != "missing" and key not in answers:
            raise differs(path, key, None, said)
    return answers


def differs(path: Path, key: str, found: object, said: Columns) -> UserError:
    """An answer is not what the log says. found: the text in the file, None when it is gone."""
    now = "没有了" if found is None else f"是「{str(found)[:40]}」"
    last = "没有填" if said[0] == "missing" else f"是「{(said[1] or said[3])[:40]}」"
    return database.damaged(
        path,
        f"「{key}」的回答现在{now}，案卷自己的改动记录里最后{last}",
        key,
    )


def check_rows(
    connection: sqlite3.Connection,
    path: Path,
    orders: Mapping[str, str],
    *,
    all_logged: bool = True,
) -> dict[str, tuple[str, ...]]:
    """The row orders of the free tables. UserError when one is not what the change log last said."""
    rows: dict[str, list[str]] = {}
    for table_id, position, row_id in connection.execute(
        "SELECT table_id, position, row_id FROM table_row ORDER BY table_id, position"
    ):
        order = rows.setdefault(table_id, [])
        if position != len(order) or not isinstance(row_id, str):
            raise database.damaged(path, f"表「{table_id}」的行序不对", table_id)
        order.append(row_id)
    for table_id in {*rows, *(orders if all_logged else ())}:
        said = orders.get(table_id)
        found = "\n".join(rows.get(table_id, ()))
        if (said is not None or all_logged) and found != (said or ""):
            raise database.damaged(
                path, f"表「{table_id}」的行和案卷自己的改动记录不一致", table_id
            )
    return {table_id: tuple(order) for table_id, order in rows.items()}
