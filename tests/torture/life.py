"""Long use: thousands of acts with undo, redo, rows and backups; every one written, nothing different."""

import os
import random
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap import build_services
from app.forms.answer import MISSING, Change, Given, RowsChange
from app.services.session import ImmediateExecutor
from app.storage.audit_reader import read_audit
from tests.torture.counts import Wrong

NOW = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)


def long_life(acts: int, seed: int = 6) -> Counter[str]:
    """Random use of the sample audit through its session, then everything is read back."""
    dice = random.Random(seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        os.environ.setdefault("CLEANAUDIT_HOME", name)
        services = build_services(ImmediateExecutor())
        path = services.projects.sample(Path(name))[0]
        session = services.projects.open_audit(path)
        keys = [key for key in session.book.answers if "/" in key]
        for _ in range(acts):
            match dice.randrange(10):
                case 0:
                    session.undo()
                case 1:
                    session.redo()
                case 2:
                    row = session.new_row_id("team.members")
                    rows = session.book.row_ids("team.members")
                    after = (*rows, row) if len(rows) < 12 else rows[1:]
                    session.record([RowsChange("team.members", (), after)], "行")
                case 3:
                    session.record([Change(dice.choice(keys), MISSING, MISSING)], "清空")
                case _:
                    text = str(dice.randrange(100_000))
                    session.record([Change(dice.choice(keys), MISSING, Given(text))], "填写")
            if session.waiting:
                raise Wrong(f"not written: {session.save_problem}")
        book = session.book
        session.close()
        if read_audit(path).book != book:
            raise Wrong("other answers than those given")
        counts["acts of long use"] += acts
    return counts
