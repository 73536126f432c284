"""The first pages of a restaurant's audit, typed in a real window; the whole walk: tests/real_window/restaurant_walk.py."""

import os
import subprocess
import sys

from tests.real_window.conftest import ROOT


def test_a_restaurant_begins_its_audit_by_keyboard_and_mouse() -> None:
    """Front door, firm and team, with lists in cells: after each choice the keyboard goes on in the table."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.real_window.restaurant_walk", "--short"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
