"""What a measurement is, and how samples of it are taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Measure:
    """Samples of one thing in seconds, and the promise about them: `statistic` ("median" or "p99") <= limit_s."""

    title: str
    samples_s: tuple[float, ...]
    limit_s: float
    statistic: str = "median"

    @property
    def median_s(self) -> float:
        return median(self.samples_s)

    @property
    def p99_s(self) -> float:
        if len(self.samples_s) < 2:
            return self.samples_s[0]
        return quantiles(self.samples_s, n=100, method="inclusive")[98]

    @property
    def kept(self) -> bool:
        return (self.p99_s if self.statistic == "p99" else self.median_s) <= self.limit_s


def timed(act: Callable[[], object], times: int, warm_up: int = 1) -> tuple[float, ...]:
    """Seconds of each of `times` calls, after `warm_up` calls that do not count."""
    for _ in range(warm_up):
        act()
    samples = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        samples.append(time.perf_counter() - started)
    return tuple(samples)
