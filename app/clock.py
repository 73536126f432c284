"""What time it is. The one place that asks the machine: a paper, a check-up and a backup of one moment agree, and tests stand at a
day of their own. Use as `clock.now()`."""

from datetime import date, datetime


def now() -> datetime:
    """The local time with its zone."""
    return datetime.now().astimezone()


def today() -> date:
    """The day on this machine's calendar."""
    return now().date()
