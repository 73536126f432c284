"""Walk lists of damages through the real window and print what came of each.

    python3 dev.py walk [LIST.yaml ...] [--only WORDS] [--part 1/2] [--pictures FOLDER] [--out FILE]

Begin it directly with xvfb-run and QT_QPA_PLATFORM=xcb: `python -m tests.walk …`.
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.walk", description=__doc__)
    parser.add_argument("lists", nargs="*", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    home = tempfile.TemporaryDirectory(prefix="cleanaudit-walk-")
    os.environ["CLEANAUDIT_HOME"] = home.name
    from tests.walk.damages import Result, Walk, cases_of  # Qt only now, with the home set

    # Windows get the keyboard only when something manages them; where something does, this one ends at once.
    openbox = shutil.which("openbox")
    manager = None if openbox is None else subprocess.Popen([openbox], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    part, of = map(int, options.part.split("/"))
    cases = [one for one in cases_of(options.lists) if re.search(options.only, one["name"])]
    cases = [one for count, one in enumerate(cases) if count % of == part - 1]
    walk = Walk(Path(home.name), options.pictures)
    tally: collections.Counter[str] = collections.Counter()
    out = options.out.open("w", encoding="utf-8") if options.out else sys.stdout
    # One audit after another: opening costs more than a damage.
    for case in sorted(cases, key=lambda one: str(one.get("sample", one.get("firm", "")))):
        begun = time.monotonic()
        try:
            result = walk.damage(case)
        except Exception as error:  # noqa: BLE001 - a walk goes on with the next damage
            result = Result(case["name"], "WRONG", wrong=[f"the walk broke: {error!r}"])
        tally[result.outcome] += 1
        print(f"{result.line()}\t{time.monotonic() - begun:.1f} s", file=out, flush=True)
    words = ", ".join(f"{name} {count}" for name, count in sorted(tally.items()))
    print(f"walked {sum(tally.values())}: {words}", file=out, flush=True)
    walk.close()
    if manager is not None:
        manager.terminate()
        manager.wait()
    home.cleanup()
    return 0 if not tally["WRONG"] else 1


if __name__ == "__main__":
    sys.exit(main())
