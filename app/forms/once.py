"""What is asked again and again of one state of the answers, and worked out once."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")


def once(work: Callable[[T], R]) -> Callable[[T], R]:
    """A pure function of something that never changes (answers, a derivation, a project): what it gave is kept with that."""
    name = f"{work.__module__}.{work.__qualname__}"

    @functools.wraps(work)
    def known(thing: T) -> R:
        held: dict[str, Any] = thing.__dict__
        if name in held:
            result: R = held[name]
            return result
        # Two threads may have worked at once: both go on with the same.
        return cast(R, held.setdefault(name, work(thing)))

    return known
