"""The short form of `python3 dev.py walk`, in every test run: a few damages of each way to enter them."""

import os
import subprocess
import sys

from tests.real_window.conftest import ROOT

NAMES = (
    "^(permit expired|second outlet above|no hazardous waste of a plating works|capture 101"
    "|target without number|one target twice|measure done before the audit began)$"
)


def test_a_clients_tables_and_strangers_files_in_the_window() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.walk.files",
            "--only",
            r"^(06-csv|58-unit|3g-m|nan\.json|far_cell)",
        ],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "windows" if os.name == "nt" else "xcb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_damages_typed_in_the_window_are_seen_and_led_to() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.walk", "--only", NAMES],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "windows" if os.name == "nt" else "xcb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "walked 7: refused 1, seen 6" in done.stdout
