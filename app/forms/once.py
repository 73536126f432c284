"""What is asked again and again of one state of the answers, and worked out once."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def once(work: Callable[[T], R]) -> Callable[[T], R]:
    """A pure function of something that never changes (answers, a derivation, a project): what it gave is kept with that."""
    name = f"{work.__module__}.{work.__qualname__}"

    @functools.wraps(work)
    def known(thing: T) -> R:
        held: dict[str, Any] = thing.__dict__
        if name not in held:
            held[name] = work(thing)
        result: R = held[name]
        return result

    return known
