"""Old workbooks are read in a process of their own, with the same outcome; one that ends it costs itself only."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import UserError
from app.exchange import apart
from app.exchange.bill_sheet import CancelledError, may_end_its_reader, read_bill_file
from app.services.bills import read_bills
from tests.exchange.test_damaged_tables import KINDS

OLD = sorted((Path(__file__).parent / "old_workbooks").glob("*.xls"))
HOSTILE = Path(__file__).parents[1] / "hostile_files"


def _outcome(read: Callable[[Path], object], path: Path) -> object:
    try:
        return read(path)
    except UserError as error:
        return error.problems


@pytest.mark.parametrize("path", OLD, ids=lambda one: one.name)
def test_the_same_as_in_this_process(path: Path) -> None:
    assert may_end_its_reader(path)
    assert _outcome(read_bills, path) == _outcome(read_bill_file, path)


def test_xlsb_too(tmp_path: Path) -> None:
    path = tmp_path / "账单.xlsb"
    path.write_bytes(KINDS["xlsb"]())
    assert may_end_its_reader(path)
    assert read_bills(path) == read_bill_file(path)


@pytest.mark.parametrize("name", ["memory.xls", "memory.xlsb"])
def test_a_file_that_ends_its_reader_is_told(name: str) -> None:
    with pytest.raises(UserError, match="不是完好的"):
        read_bills(HOSTILE / name)


def test_others_stay_in_this_process(tmp_path: Path) -> None:
    for kind in ("xlsx", "ods"):
        path = tmp_path / f"x.{kind}"
        path.write_bytes(KINDS[kind]())
        assert not may_end_its_reader(path)
    assert not may_end_its_reader(tmp_path / "none.xls")


def test_stopped(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        apart.read_table_file(OLD[0], lambda: True)


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    python = apart.child_command(Path("x"))[0]
    monkeypatch.setattr(
        apart, "child_command", lambda job: [python, "-c", "import time; time.sleep(600)"]
    )
    monkeypatch.setattr(apart, "_MOST_SECONDS", 0.5)
    with pytest.raises(UserError, match="不是完好的"):
        read_bills(OLD[0])
