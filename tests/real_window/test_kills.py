"""The short form of the window kills of `python3 dev.py torture`, in every test run."""

from tests.torture.windows import window_kills


def test_what_the_window_said_was_saved_is_there_after_a_kill() -> None:
    counts = window_kills(3, seed=17)
    assert counts["window kills"] == 3
