"""An act, a setting or a frozen text as rows of an audit file, within a transaction of the caller."""

import sqlite3
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa

from app.assessment.finding import Missing
from app.errors import ProgramError
from app.forms.answer import MISSING, Act, Answer, Change, RowsChange
from app.storage import contents
from app.storage.contents import FrozenSystem
from app.storage.rows import (
    ACT,
    ANSWER,
    CHANGE,
    META,
    SYSTEM,
    TABLE_ROW,
    answer_from_columns,
    answer_to_columns,
)

_KEYS_AT_ONCE = 500  # below SQLite's limit of parameters in every version
_NO_ANSWER = {"state": "", "text": "", "raw": "", "note": ""}


def driver_of(connection: sa.Connection) -> sqlite3.Connection:
    """Below SQLAlchemy; of an audit with a password it is SQLCipher's, which behaves alike."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def set_meta(connection: sa.Connection, key: str, value: str) -> None:
    connection.execute(sa.delete(META).where(META.c.key == key))
    connection.execute(META.insert().values(key=key, value=value))


def freeze(connection: sa.Connection, system: FrozenSystem, stamp: str) -> None:
    connection.execute(
        SYSTEM.insert().values(
            system_id=system.system_id, hash=system.hash, json=system.json, frozen_at=stamp
        )
    )


def write_act(connection: sa.Connection, number: int, act: Act, who: str, stamp: str) -> None:
    """An act with its changes, sealed after the act before it."""
    last = connection.scalar(sa.select(ACT.c.seal).order_by(ACT.c.id.desc()).limit(1)) or ""
    values = {"id": number, "at": stamp, "who": who, "label": act.label}
    connection.execute(ACT.insert().values(**values, seal=""))
    _write_changes(connection, number, act.changes)
    mine = CHANGE.c.act_id == number
    written = connection.execute(sa.select(CHANGE).where(mine).order_by(CHANGE.c.id)).all()
    seal = contents.act_seal(last, (number, stamp, who, act.label), [tuple(row) for row in written])
    connection.execute(ACT.update().where(ACT.c.id == number).values(seal=seal))


def _write_changes(
    connection: sa.Connection, act_id: int, changes: Sequence[Change | RowsChange]
) -> None:
    """Put the changes of one act into answers, row orders and change log. ProgramError when a `before` does not hold."""
    keys = list(dict.fromkeys(each.key for each in changes if isinstance(each, Change)))
    answers: dict[str, Answer] = {}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = ANSWER.c.key.in_(keys[start : start + _KEYS_AT_ONCE])
        for row in connection.execute(sa.select(ANSWER).where(some)).mappings():
            answers[row["key"]] = answer_from_columns(row)
    log: list[dict[str, object]] = []
    for change in changes:
        if isinstance(change, RowsChange):
            _write_rows(connection, change)
            before = {**_NO_ANSWER, "text": "\n".join(change.before)}
            after = {**_NO_ANSWER, "text": "\n".join(change.after)}
            line: dict[str, object] = {"kind": "rows", "key": change.table_id}
        else:
            stored = answers.get(change.key, MISSING)
            if stored != change.before:
                raise ProgramError(f"{change.key} holds {stored}, not {change.before}")
            answers[change.key] = change.after
            before, after = answer_to_columns(change.before), answer_to_columns(change.after)
            line = {"kind": "answer", "key": change.key}
        line |= {f"before_{name}": text for name, text in before.items()}
        line |= {f"after_{name}": text for name, text in after.items()}
        log.append({"act_id": act_id, **line})
    if keys:
        of_key = ANSWER.c.key == sa.bindparam("of_key")
        connection.execute(sa.delete(ANSWER).where(of_key), [{"of_key": key} for key in keys])
    present = [
        {"key": key, **answer_to_columns(answers[key])}
        for key in keys
        if not isinstance(answers[key], Missing)
    ]
    if present:
        connection.execute(sa.insert(ANSWER), present)
    if log:
        connection.execute(sa.insert(CHANGE), log)


def _write_rows(connection: sa.Connection, change: RowsChange) -> None:
    mine = TABLE_ROW.c.table_id == change.table_id
    stored = tuple(
        connection.scalars(sa.select(TABLE_ROW.c.row_id).where(mine).order_by(TABLE_ROW.c.position))
    )
    if stored != change.before:
        raise ProgramError(f"rows of {change.table_id} are {stored}, not {change.before}")
    connection.execute(sa.delete(TABLE_ROW).where(mine))
    if change.after:
        connection.execute(
            sa.insert(TABLE_ROW),
            [
                {"table_id": change.table_id, "position": position, "row_id": row_id}
                for position, row_id in enumerate(change.after)
            ],
        )
