"""Old workbooks (.xls, .et, .xlsb) in a process of its own: a damaged one may ask its reader for more memory than there is,
and that reader ends the process it runs in.

The parent writes a job (the path), the child answers with a file of JSON beside it.
"""

import json
import logging
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.child import hidden, limit_memory
from app.errors import Problem, UserError
from app.exchange.bill_sheet import CancelledError, damaged, may_end_its_reader, read_bill_file
from app.forms.grid import Grid, GridCell, SheetGrid

_LOG = logging.getLogger(__name__)

OPTION = "--table-worker"
_MOST_MEMORY = 1_500_000_000  # of address space; a sheet as large as is taken needs a third
_MOST_SECONDS = 60


def read_table_file(
    path: Path, stopped: Callable[[], bool] = lambda: False
) -> tuple[SheetGrid, ...]:
    """As `bill_sheet.read_bill_file`, with a reader that may be ended by a damaged file kept apart. stopped: asked between sheets,
    and all the time while a child reads."""
    if not may_end_its_reader(path):
        return read_bill_file(path, stopped)
    with tempfile.TemporaryDirectory(prefix="cleanaudit-table-") as folder:
        job = Path(folder) / "table.job"
        job.write_text(json.dumps(str(path.absolute())), "utf-8")
        child = subprocess.Popen(
            child_command(job),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **hidden(),
        )
        end = time.monotonic() + _MOST_SECONDS
        try:
            while child.poll() is None:
                if stopped():
                    raise CancelledError
                if time.monotonic() > end:
                    raise damaged(path)
                time.sleep(0.02)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        if child.returncode or not _answer_of(job).is_file():
            _LOG.warning("the reader of a table ended with %s", child.returncode)
            raise damaged(path)
        plain = json.loads(_answer_of(job).read_text("utf-8"))
    if (
        "fault" in plain
    ):  # may be ours: the user hears what the file is to him, the log what went wrong
        _LOG.warning("table not read: %s", plain["fault"])
        raise damaged(path)
    if "problems" in plain:
        raise UserError(*(Problem(**one) for one in plain["problems"]))
    return tuple(_sheet(one) for one in plain["sheets"])


def child_command(job: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, OPTION, str(job)]
    return [sys.executable, "-m", "app", OPTION, str(job)]


def _answer_of(job: Path) -> Path:
    return job.with_suffix(".json")


def run_job(job: Path) -> int:
    """In the child."""
    limit_memory(_MOST_MEMORY)
    path = Path(json.loads(job.read_text("utf-8")))
    try:
        answer: dict[str, object] = {"sheets": [_plain(one) for one in read_bill_file(path)]}
    except UserError as error:
        answer = {"problems": [asdict(one) for one in error.problems]}
    except Exception:  # noqa: BLE001 - told to the parent, which has the log
        answer = {"fault": traceback.format_exc()}
    _answer_of(job).write_text(json.dumps(answer), "utf-8")
    return 0


def _plain(sheet: SheetGrid) -> dict[str, object]:
    grid = sheet.grid
    return {
        "name": sheet.name,
        "rows": grid.rows,
        "notes": grid.notes,
        "sheet": grid.sheet,
        "file": grid.file,
        "hidden_rows": sorted(grid.hidden_rows),
        "hidden_columns": sorted(grid.hidden_columns),
        "from_1904": grid.from_1904,
        "hidden": grid.hidden,
        "warnings": grid.warnings,
    }


def _sheet(plain: dict[str, Any]) -> SheetGrid:
    name = plain.pop("name")
    rows = tuple(tuple(GridCell(*cell) for cell in row) for row in plain.pop("rows"))
    grid = Grid(
        rows,
        notes=tuple(plain["notes"]),
        sheet=plain["sheet"],
        file=plain["file"],
        hidden_rows=frozenset(plain["hidden_rows"]),
        hidden_columns=frozenset(plain["hidden_columns"]),
        from_1904=plain["from_1904"],
        hidden=plain["hidden"],
        warnings=tuple((what, remedy) for what, remedy in plain["warnings"]),
    )
    return SheetGrid(name, grid)
