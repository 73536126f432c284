"""Old workbooks are read in a process of their own, with the same outcome; one that ends it costs itself only."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

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


def test_a_fault_of_ours_in_the_child_reaches_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table = tmp_path / "账单.xls"
    table.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))

    def broken(_path: Path) -> NoReturn:
        raise KeyError("ours")

    class Child:  # the same work in this process, so that the reader can be broken
        returncode = 0

        def __init__(self, command: list[str], **_: object) -> None:
            apart.run_job(Path(command[-1]))

        def poll(self) -> int:
            return 0

        def wait(self) -> None:
            return None

    monkeypatch.setattr(apart, "read_bill_file", broken)
    monkeypatch.setattr(apart, "limit_memory", lambda _most: None)
    monkeypatch.setattr(subprocess, "Popen", Child)
    with pytest.raises(UserError, match="账单"):
        apart.read_table_file(table)
    assert "KeyError" in caplog.text
