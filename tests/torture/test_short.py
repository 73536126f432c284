"""The short form of `python3 dev.py torture`: some of each kind in every test run, with seeds of their own."""

import sys
from pathlib import Path

import pytest

from tests.torture import crashes, damage, life, strangers

posix = pytest.mark.skipif(sys.platform == "win32", reason="fork and limits of the system")


@posix
def test_kills() -> None:
    counts = crashes.kills(8, seed=11)
    assert counts["kills"] == 8


def test_power_cuts() -> None:
    assert crashes.power_cuts(1, 2, seed=12)["frames"] > 50


@posix
def test_full_disks() -> None:
    assert crashes.full_disks(5, seed=13)["full disks"] == 5


def test_corruptions() -> None:
    assert damage.corruptions(24, seed=14)["corruptions"] >= 20


@posix
def test_strangers() -> None:
    counts = strangers.strangers(150, seed=15)
    assert counts["taken"] + counts["refused"] + counts["reader ended, its file only"] == 150


def test_long_use() -> None:
    assert life.long_life(60, seed=16)["acts of long use"] == 60


def test_the_corpus_is_kept() -> None:
    assert len(list((Path(__file__).parents[1] / "hostile_files").iterdir())) > 15
