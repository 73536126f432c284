"""A file that two threads write at the same time is that of one of them, whole; neither hears of a fault."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app import files


def beside(target: Path, text: str, together: Callable[[], object]) -> None:
    with files.written_beside(target, is_for_now=True) as part:
        part.write_text(text[:4], "utf-8")
        together()
        part.write_text(text, "utf-8")
        together()


def test_written_beside(tmp_path: Path) -> None:
    target = tmp_path / "图.jpg"
    barrier = threading.Barrier(2, timeout=10)
    wrong: list[BaseException] = []

    def write(text: str) -> None:
        try:
            beside(target, text, barrier.wait)
        except BaseException as error:  # noqa: BLE001 - told by the test
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(text,)) for text in ("第一个人的", "第二个人")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
    assert target.read_text("utf-8") in ("第一个人的", "第二个人")
    assert [one.name for one in tmp_path.iterdir()] == ["图.jpg"]


def test_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, lists: as above."""
    target = tmp_path / "settings.json"
    barrier = threading.Barrier(2, timeout=10)
    flush = files.flush
    wrong: list[BaseException] = []

    def together(path: Path) -> None:
        barrier.wait()
        flush(path)
        barrier.wait()

    def write(text: str) -> None:
        try:
            files.write_own(target, text)
        except BaseException as error:  # noqa: BLE001 - told by the test
            wrong.append(error)

    monkeypatch.setattr(files, "flush", together)
    threads = [threading.Thread(target=write, args=(text * 9,)) for text in "ab"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
    assert target.read_text("utf-8") in ("a" * 9, "b" * 9)
    assert [one.name for one in tmp_path.iterdir()] == ["settings.json"]
