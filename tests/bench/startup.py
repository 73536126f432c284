"""From starting the process to a window that answers, warm: files in the disk cache, catalogue built."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.paths import catalogue_path
from tests.bench.measure import Measure

ROOT = Path(__file__).parents[2]
TIMES = 9

# The program as it is, but where it would wait for the user it shows that it is idle and ends.
START = """
import sys
from PySide6.QtWidgets import QApplication

def idle(*arguments):
    for _ in range(3):
        QApplication.processEvents()
    print("ready", flush=True)
    QApplication.closeAllWindows()
    return 0

QApplication.exec = idle
from app.__main__ import main
main(sys.argv[1:])
"""


def _seconds_to_ready(environment: dict[str, str], arguments: list[str]) -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", START, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        words = process.stdout.readline()
        seconds = time.perf_counter() - started
    assert words == "ready\n", words
    return seconds


def measures() -> list[Measure]:
    assert catalogue_path().is_file()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CLEANAUDIT_HOME": folder, "PYTHONUTF8": "1"}
        if sys.platform == "linux" and "DISPLAY" not in os.environ:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        sample = subprocess.run(
            [sys.executable, "-m", "app", "sample", folder],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        ).stdout.splitlines()[0]
        result = []
        for title, arguments in (
            ("warm start to the list of audits", []),
            ("warm start with the sample audit open", ["open", sample]),
        ):
            samples = [_seconds_to_ready(environment, arguments) for _ in range(TIMES + 1)]
            result.append(Measure(title, tuple(samples[1:]), limit_s=1.0))
        return result
