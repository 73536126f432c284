"""Run everything for some minutes and print the counts. Exit status 1 when anything went wrong.

python -m tests.torture [--minutes N] [--only KIND,KIND] [--seed N]
"""

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable

from tests.torture import crashes, damage, life, power, strangers, use, windows
from tests.torture.counts import said


def _window_kills(seed: int) -> Counter[str]:
    with windows.display():
        return windows.window_kills(10, seed)


Kind = Callable[[int], Counter[str]]
# A round of each takes some seconds; the rounds go on until the time is over.
ROUNDS: dict[str, Kind] = {
    "kills": lambda seed: crashes.kills(40, seed),
    "window kills": _window_kills,
    "power cuts": lambda seed: crashes.power_cuts(1, 6, seed),
    "window power cuts": power.window_power_cuts,
    "full disks": lambda seed: crashes.full_disks(20, seed),
    "corruptions": lambda seed: damage.corruptions(500, seed),
    "strangers": lambda seed: strangers.strangers(5000, seed),
    "life": lambda seed: life.long_life(1500, seed),
    "long use": lambda seed: use.long_use(5000, seed),
    "use of the window": lambda seed: use.hard_use(500, seed, step=100),
    "audits opened": lambda seed: use.opened_and_closed(40, seed),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="torture")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", default=",".join(ROUNDS))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    wanted = [name for name in options.only.split(",") if name in ROUNDS]
    total: dict[str, Counter[str]] = {name: Counter() for name in wanted}
    wrong: list[str] = []
    end = time.monotonic() + 60 * options.minutes
    seed = options.seed
    with tempfile.TemporaryDirectory(prefix="torture-home-") as home:
        os.environ["CLEANAUDIT_HOME"] = home
        while True:
            for name in wanted:
                seed += 1
                try:
                    found = ROUNDS[name](seed)
                    total[name] += found
                    print(f"{name} {seed}: {said(found)}", flush=True)
                except Exception as error:  # noqa: BLE001  (told at the end; the others go on)
                    total[name]["WRONG"] += 1
                    wrong.append(f"{name} (seed {seed}): {error}")
                    print(f"!! {wrong[-1]}", flush=True)
                    traceback.print_exc(limit=-3)
            if time.monotonic() >= end:
                break
    print(f"种子从 {options.seed} 起 / seeds from {options.seed}")
    for name, counts in total.items():
        print(f"{name:12} {said(counts)}")
    print(f"{len(wrong)} 处不对 / wrong" if wrong else "没有不对的 / nothing wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
