"""Sums and formulas are read rightly whatever runs beside them or in the middle of them."""

import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

from app.forms.arithmetic import evaluate
from app.forms.expression import names, parse_expression


class Thrown:
    """Thrown away only by a collection, which then does what may happen at such a moment."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.myself = self
        self.then = then

    def __del__(self) -> None:
        self.then()


def tell_of_a_fault() -> None:
    """As a log does; Python before 3.13 parses the line that it shows."""
    try:
        1 / int("0")
    except ZeroDivisionError:
        traceback.format_exc()


@pytest.fixture
def collector() -> Iterator[None]:
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.enable()
    sys.setswitchinterval(interval)


def read_both(number: int) -> list[object]:
    """What is wrong with a sum and a formula that were never read before."""
    wrong: list[object] = []
    try:
        if evaluate(f"6 * 10 + 6 * {number} + (1 + 2) * 4", {}) != 72 + 6 * number:
            wrong.append(number)
        if names(parse_expression(f"a.b * {number} / c.d + sum(t.x)")) != ("a.b", "c.d", "t.x"):
            wrong.append(number)
    except SystemError as error:
        wrong.append(error)
    return wrong


@pytest.mark.usefixtures("collector")
def test_a_traceback_in_the_middle() -> None:
    wrong: list[object] = []
    for number in range(300):
        gc.disable()
        gc.collect(0)
        Thrown(tell_of_a_fault)
        gc.set_threshold(5 + number % 60)  # the collection comes at every moment in turn
        gc.enable()
        wrong += read_both(1000 + number)
    assert not wrong
    assert gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_three_at_once() -> None:
    """The window and the workers beside it."""
    wrong: list[object] = []
    sys.setswitchinterval(1e-6)
    gc.set_threshold(1)

    def work(depth: int, first: int) -> None:
        if depth:
            work(depth - 1, first)
            return
        for number in range(first, first + 60):
            Thrown(lambda: time.sleep(0))
            wrong.extend(read_both(number))

    threads = [threading.Thread(target=work, args=(at * 20, 2000 + at * 100)) for at in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong
    assert gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_collecting_stays_off_where_it_was() -> None:
    gc.disable()
    assert evaluate("1 + 1", {}) == 2
    assert not gc.isenabled()
