"""A figure that the window and a worker work out at the same moment is one figure, not two that are alike: the calculation
workbook and the page for readers tell steps apart by identity, and wrote such a step twice."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from app.assessment.trace import Trace
from app.forms import evaluate
from app.forms.derive import Derivation
from app.forms.figure import Figure
from app.forms.once import once
from app.forms.part import Part, leaf_text
from app.forms.quantity import Quantity
from tests.helpers.forms import sample_project

T = TypeVar("T")


def twice(ask: Callable[[], T]) -> tuple[T, T]:
    """What two threads are told."""
    told: list[T] = []
    threads = [threading.Thread(target=lambda: told.append(ask())) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    first, second = told
    return first, second


def test_a_figure_and_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    derivation = sample_project().derivation
    barrier = threading.Barrier(2, timeout=10)
    figure_of = Derivation._figure_of  # noqa: SLF001

    def together(self: Derivation, quantity: Quantity, part: Part, label: str) -> Figure:
        if quantity.id in ("water.intake", column.derived):
            barrier.wait()  # both are in the middle of it
        return figure_of(self, quantity, part, label)

    table = derivation.index.tables["water.units"]
    column = next(
        one for one in table.columns if one.derived and not derivation.quantities[one.derived].rule
    )
    row = derivation.book.row_ids(table.id)[0]
    monkeypatch.setattr(Derivation, "_figure_of", together)
    first, second = twice(lambda: derivation.figure("water.intake"))
    assert first is second
    assert derivation.figure("water.intake") is first
    cell, other = twice(lambda: derivation.cell(table.id, row, column.id))
    assert cell is other


def test_a_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(trace: Trace) -> str:
        time.sleep(0.02)
        return leaf_text(trace)

    monkeypatch.setattr(evaluate, "leaf_text", slowly)
    derivation = sample_project().derivation
    factor = replace(next(iter(derivation.factors.values())), title="从没问过的系数")
    first, second = twice(lambda: evaluate._factor(factor))  # noqa: SLF001
    assert first is second


def test_what_is_worked_out_once() -> None:
    class Thing:
        pass

    barrier = threading.Barrier(2, timeout=10)

    @once
    def work(thing: Thing) -> object:
        barrier.wait()
        return object()

    thing = Thing()
    first, second = twice(lambda: work(thing))
    assert first is second
    assert work(thing) is first
