"""Run the measurements and print medians beside what was promised."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import tests.bench
from tests.bench.measure import Measure


def main(wanted: Sequence[str]) -> int:
    names = [
        module.name
        for module in pkgutil.iter_modules(tests.bench.__path__)
        if module.name not in ("__main__", "measure")
    ]
    unknown = set(wanted) - set(names)
    if unknown:
        print(
            f"没有这些测速项：{'、'.join(sorted(unknown))}；可选：{'、'.join(names)}",
            file=sys.stderr,
        )
        return 2
    print(f"{'median':>10} {'p99':>10} {'limit':>10}      n")
    broken = 0
    for name in wanted or names:
        measures: list[Measure] = importlib.import_module(f"tests.bench.{name}").measures()
        for one in measures:
            broken += not one.kept
            print(
                f"{one.median_s * 1000:7.1f} ms {one.p99_s * 1000:7.1f} ms {one.limit_s * 1000:7.0f} ms"
                f" {len(one.samples_s):6}  {'ok  ' if one.kept else 'SLOW'} {one.title}"
                f" ({one.statistic})",
                flush=True,
            )
    print(
        f"{broken} 项超过承诺 / over the limit"
        if broken
        else "全部在承诺之内 / all within the limits"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
