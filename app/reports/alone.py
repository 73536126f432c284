"""ReportLab (fonts that papers cut their letters from, tables kept from paper to paper) and PDFium are not made for two threads
at once: they crash, or mix two papers up without a word. Screens work on several threads, so each use of them comes alone."""

import functools
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_ONE_AT_A_TIME = threading.RLock()


def alone(work: Callable[P, R]) -> Callable[P, R]:
    """Waits until no other such function runs in this process. Seconds at most: long papers are set in a child process."""

    @functools.wraps(work)
    def waiting(*arguments: P.args, **named: P.kwargs) -> R:
        with _ONE_AT_A_TIME:
            return work(*arguments, **named)

    return waiting
