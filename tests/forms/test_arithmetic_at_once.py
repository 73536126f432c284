"""Sums are worked out in the window and in the worker beside it at the same moment: each gets its own answer."""

import gc
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from app.forms.arithmetic import evaluate


class Dropped:
    """Thrown away only by a collection, which then lets another thread run."""

    def __init__(self) -> None:
        self.myself = self

    def __del__(self) -> None:
        time.sleep(0)


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads change places, and garbage is collected, as often as can be."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(1)
    yield
    gc.set_threshold(*thresholds)
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("hurried")
def test_three_at_once() -> None:
    wrong: list[object] = []

    def work(depth: int) -> None:
        if depth:
            work(depth - 1)
            return
        for number in range(60):
            Dropped()
            try:
                found = evaluate(f"6 * 10 + 6 * {number} + (1 + 2) * 4", {})
            except SystemError as error:
                wrong.append(error)
            else:
                if found != 72 + 6 * number:
                    wrong.append((number, found))

    threads = [threading.Thread(target=work, args=(depth,)) for depth in (0, 20, 40)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
