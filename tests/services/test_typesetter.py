"""The process that sets papers: warm, ended with its parent, new after a crash, gone at once when nobody wants the paper."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.reports.worker import read_result, write_job
from app.services import typesetter as module
from app.services.typesetter import Typesetter
from tests.reports.example_document import example


@pytest.fixture
def typesetter() -> Iterator[Typesetter]:
    made = Typesetter()
    yield made
    made.stop()


def _job(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return write_job(folder / name, example(), folder / name / "paper.pdf")


def _child(typesetter: Typesetter) -> int:
    process = typesetter._process  # noqa: SLF001 - which process it is shows from outside only here
    assert process is not None
    return process.pid


def test_one_process_sets_paper_after_paper(typesetter: Typesetter, tmp_path: Path) -> None:
    for name in ("一", "two words"):
        job = _job(tmp_path, name)
        assert typesetter.set(job) == ""
        assert read_result(job).pages > 5
        assert (job.parent / "paper.pdf").read_bytes().startswith(b"%PDF-")
        if name == "一":
            first = _child(typesetter)
    assert _child(typesetter) == first


def test_a_process_that_was_killed_is_replaced(typesetter: Typesetter, tmp_path: Path) -> None:
    typesetter.start()
    gone = _child(typesetter)
    os.kill(gone, signal.SIGKILL)
    job = _job(tmp_path, "after")
    typesetter.set(job)
    assert read_result(job).pages > 5
    typesetter.start()
    assert _child(typesetter) != gone


def test_a_paper_that_breaks_the_process_costs_itself_only(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    broken = tmp_path / "report.job"
    broken.write_bytes(b"no pickle")
    said = typesetter.set(broken)
    assert said is not None
    assert "UnpicklingError" in said
    with pytest.raises(FileNotFoundError):
        read_result(broken)
    job = _job(tmp_path, "next")
    assert typesetter.set(job) == ""
    assert read_result(job).pages > 5


def test_a_cancelled_paper_leaves_nothing_and_the_next_one_is_set(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    job = _job(tmp_path, "cancelled")
    assert typesetter.set(job, lambda: True) is None
    assert not (job.parent / "paper.pdf").exists()
    again = _job(tmp_path, "again")
    assert typesetter.set(again) == ""


def test_where_no_process_can_be_kept_each_paper_has_its_own(
    typesetter: Typesetter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "warm_command", lambda: [sys.executable, "-c", ""])
    job = _job(tmp_path, "apart")
    typesetter.set(job)
    assert read_result(job).pages > 5


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a family of processes")
def test_it_ends_with_the_program() -> None:
    code = (
        "from app.services.typesetter import shared; import sys, time; s = shared(); s.start();"
        "print(s._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()  # no chance to tidy up
    end = time.monotonic() + 30
    while time.monotonic() < end and Path(f"/proc/{child}/cmdline").exists():
        if not Path(f"/proc/{child}/cmdline").read_bytes():
            break  # ended, not yet waited for
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{child}").exists()
