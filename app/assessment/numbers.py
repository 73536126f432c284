"""Exact numbers: text to Fraction at the edge, Fraction to text again, rounding only for the eye."""

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm

_MOST_PLACES = 24  # more than anybody types; a value nearer to a threshold is shown at it
_MOST_DIGITS = 300  # longer is no quantity of this world, and costs more than a reader may cost
_LONGEST_DIGITS = 4000
_LONGEST = 10**_LONGEST_DIGITS
_EXACT = re.compile(r"[-+−]?\d+(\.\d+|/0*[1-9]\d*)?", re.ASCII)


@lru_cache(maxsize=8192)
def parse_exact(text: str) -> Fraction:
    """A plain decimal (`-0.5`, `1200`) or a quotient of whole numbers (`250/7`). ValueError for anything else."""
    stripped = text.strip()
    if len(stripped) > _MOST_DIGITS or not _EXACT.fullmatch(stripped):
        raise ValueError(text[:_MOST_DIGITS])
    return Fraction(stripped.replace("−", "-"))


@lru_cache(maxsize=8192)
def fraction_of(text: str) -> Fraction:
    """Fraction(text), several times as fast for the plain decimals that answers are kept as."""
    whole, point, rest = text.partition(".")
    if (whole + rest).isdecimal() and whole and bool(point) is bool(rest):
        return Fraction(int(whole + rest), 10 ** len(rest)) if rest else Fraction(int(whole))
    if len(text) > _MOST_DIGITS or "e" in text.lower():
        raise ValueError(text[:_MOST_DIGITS])  # 1e9999999 would fill the memory
    return Fraction(text)


def fraction_text(value: Fraction) -> str:
    """Exact and reversible: `88`, `250/7`."""
    whole = whole_text(value.numerator)
    return whole if value.denominator == 1 else f"{whole}/{whole_text(value.denominator)}"


def whole_text(value: int) -> str:
    """str(value) of any length: Python itself refuses beyond 4,300 digits, and exact results may be longer."""
    if abs(value) < _LONGEST:
        return str(value)
    upper, lower = divmod(abs(value), _LONGEST)
    return ("-" if value < 0 else "") + whole_text(upper) + whole_text(lower).zfill(_LONGEST_DIGITS)


def number_text(value: Fraction) -> str:
    """The shortest text that `parse_exact` reads back: a plain decimal where one exists (`0.125`), else `a/b`. Never
    rounded, so it is what answers and files are kept as."""
    twos, rest = _powers(value.denominator, 2)
    fives, rest = _powers(rest, 5)
    if rest != 1:
        return fraction_text(value)
    places = max(twos, fives)
    digits = whole_text(abs(value.numerator) * 10**places // value.denominator)
    sign = "-" if value < 0 else ""
    if not places:
        return sign + digits
    digits = digits.rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _powers(number: int, base: int) -> tuple[int, int]:
    """How often `base` divides `number`, and what is left."""
    count = 0
    while number % base == 0:
        number //= base
        count += 1
    return count, number


def total(values: Iterable[Fraction]) -> Fraction:
    """Their sum, in whole numbers over one denominator: much faster than adding one by one."""
    parts = list(values)
    denominator = lcm(*[part.denominator for part in parts])
    return Fraction(
        sum(part.numerator * (denominator // part.denominator) for part in parts), denominator
    )


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Rounded half away from zero; exact arithmetic, so 0.125 to two places is 0.13."""
    whole = _rounded(value, places)
    sign = "-" if value < 0 and whole else ""
    return Decimal(f"{sign}{whole_text(whole)}E-{places}")


def _rounded(value: Fraction, places: int) -> int:
    """How many of the last of `places` decimals the size of `value` has, rounded half up."""
    unit: int = 10**places
    return (2 * abs(value.numerator) * unit + value.denominator) // (2 * value.denominator)


def to_places(value: Fraction, places: int = 2) -> Fraction:
    """As `display` shows it, for a number that is put into a sentence later."""
    return Fraction(round_half_up(value, places))


def display(value: Fraction, places: int, grouping: bool = True) -> str:
    """For screens and papers: `places` decimals, thousands commas, a true minus sign."""
    size = _rounded(value, places)
    if size < _LONGEST:
        whole, rest = divmod(size, 10**places)
        text = f"{whole:,}" if grouping else str(whole)
        text = f"{text}.{rest:0{places}d}" if places else text
    else:
        exact = round_half_up(value, places).copy_abs()  # abs() would round to 28 digits
        text = f"{exact:,f}" if grouping else f"{exact:f}"
    return f"−{text}" if value < 0 and size else text


def places_apart(value: Fraction, bounds: Iterable[Fraction], places: int = 2) -> int:
    """The decimals, `places` or more, that show on which side of every bound a value lies: 5.0004 beside 5 needs four. The
    difference itself shows in as many."""
    for bound in bounds:
        if value == bound:
            continue
        while places < _MOST_PLACES and (
            (Fraction(round_half_up(value, places)) > bound) != (value > bound)
            or Fraction(round_half_up(value, places)) == bound
            or not round_half_up(abs(value - bound), places)
        ):
            places += 1
    return places


def index_text(value: Fraction) -> str:
    """An index or a score: two decimals, more where those would make it a whole number that it is not, for what is asked is
    whole numbers."""
    return display(value, places_apart(value, (Fraction(round(value)),)))


def brief(value: Fraction) -> str:
    """For formulas in an explanation: the exact decimal where it has at most six places, else rounded to four; what that
    would make nothing, to four figures."""
    if value.denominator == 1 and abs(value.numerator) < _LONGEST:
        return f"{value.numerator:,}".replace("-", "−")
    if 10**6 % value.denominator:
        places = 4
        while abs(value) * 10**places * 2 < 1 and places < _MOST_DIGITS:
            places += 4
        return display(value, places)
    places = next(places for places in range(7) if 10**places % value.denominator == 0)
    return display(value, places)
