"""Every internal rate of return of a row of yearly amounts, found exactly: none, one or several."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

_PLACES = 6
_UNIT = 10**_PLACES
_Polynomial = tuple[Fraction, ...]  # highest power first, no leading zero


def present_value(flows: Sequence[Fraction], rate: Fraction) -> Fraction:
    """Of flows[j] in year j, exact. rate > -1."""
    growth = 1 + rate
    value = Fraction(0)
    for (
        flow
    ) in flows:  # Horner from the first year: the sum at the end of the last, brought back below
        value = value * growth + flow
    return value / growth ** (len(flows) - 1)


def rates_of_return(flows: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Every rate > -1 with a present value of 0, ascending, to six decimals rounded half up. Empty when there is none,
    or when every rate is one (all amounts are 0)."""
    polynomial = _trimmed(tuple(flows))
    while len(polynomial) > 1 and polynomial[-1] == 0:
        polynomial = polynomial[:-1]  # roots at growth 0, that is a rate of -1
    if len(polynomial) < 2:
        return ()
    signs = [value > 0 for value in polynomial if value]
    changes = sum(one is not other for one, other in itertools.pairwise(signs))
    if not changes:
        return ()
    if changes == 1:
        spans = [(Fraction(0), _bound(polynomial))]
    else:
        square_free = _square_free(polynomial)
        spans = _isolate(square_free, _sturm(square_free))
        polynomial = square_free
    return tuple(_rounded(polynomial, low, high) for low, high in spans)


def _trimmed(polynomial: _Polynomial) -> _Polynomial:
    start = next((place for place, value in enumerate(polynomial) if value), len(polynomial))
    return polynomial[start:]


def _at(polynomial: _Polynomial, x: Fraction) -> int:
    """The sign of the polynomial at x, in whole numbers."""
    scale = 1
    for value in polynomial:
        scale = scale * value.denominator // _gcd(scale, value.denominator)
    total, power = 0, 1
    for value in polynomial:
        total = total * x.numerator + value.numerator * (scale // value.denominator) * power
        power *= x.denominator
    return (total > 0) - (total < 0)


def _gcd(one: int, other: int) -> int:
    while other:
        one, other = other, one % other
    return one


def _bound(polynomial: _Polynomial) -> Fraction:
    """Every real root lies below it (Cauchy)."""
    lead = abs(polynomial[0])
    return 2 + max(abs(value) for value in polynomial[1:]) / lead


def _derivative(polynomial: _Polynomial) -> _Polynomial:
    degree = len(polynomial) - 1
    return tuple(value * (degree - place) for place, value in enumerate(polynomial[:-1]))


def _remainder(one: _Polynomial, other: _Polynomial) -> _Polynomial:
    rest = list(one)
    while len(rest) >= len(other):
        factor = rest[0] / other[0]
        for place, value in enumerate(other):
            rest[place] -= factor * value
        rest.pop(0)
    return _trimmed(tuple(rest))


def _quotient(one: _Polynomial, other: _Polynomial) -> _Polynomial:
    rest, result = list(one), []
    while len(rest) >= len(other):
        factor = rest[0] / other[0]
        result.append(factor)
        for place, value in enumerate(other):
            rest[place] -= factor * value
        rest.pop(0)
    return tuple(result)


def _primitive(polynomial: _Polynomial) -> _Polynomial:
    """Divided by a positive number, so that coefficients stay short."""
    largest = max(abs(value) for value in polynomial)
    return tuple(value / largest for value in polynomial)


def _square_free(polynomial: _Polynomial) -> _Polynomial:
    """The same roots, each once."""
    one, other = polynomial, _derivative(polynomial)
    while other:
        one, other = other, _remainder(one, other)
        if other:
            other = _primitive(other)
    return _quotient(polynomial, one) if len(one) > 1 else polynomial


def _sturm(polynomial: _Polynomial) -> list[_Polynomial]:
    chain = [polynomial, _derivative(polynomial)]
    while len(chain[-1]) > 1:
        rest = _remainder(chain[-2], chain[-1])
        if not rest:
            break
        chain.append(tuple(-value for value in _primitive(rest)))
    return chain


def _variations(chain: list[_Polynomial], x: Fraction) -> int:
    signs = [sign for polynomial in chain if (sign := _at(polynomial, x))]
    return sum(one != other for one, other in itertools.pairwise(signs))


def _isolate(polynomial: _Polynomial, chain: list[_Polynomial]) -> list[tuple[Fraction, Fraction]]:
    """Half-open spans (low, high] of positive x, each with one root."""
    found: list[tuple[Fraction, Fraction]] = []
    open_spans = [(Fraction(0), _bound(polynomial))]
    while open_spans:
        low, high = open_spans.pop()
        count = _variations(chain, low) - _variations(chain, high)
        if count == 1:
            found.append((low, high))
        elif count > 1:
            middle = (low + high) / 2
            open_spans += [(low, middle), (middle, high)]
    return sorted(found)


def _rounded(polynomial: _Polynomial, low: Fraction, high: Fraction) -> Fraction:
    """The one root in (low, high], less 1, to six decimals: found in millionths, then the half decides."""
    top = _at(polynomial, high)
    if top == 0:
        below, exact = high, True
    else:
        exact = False
        while high - low > Fraction(1, 8 * _UNIT):
            middle = _short((low + high) / 2, low, high)
            sign = _at(polynomial, middle)
            if sign == 0:
                low = high = middle
                exact = True
            elif sign == top:
                high = middle
            else:
                low = middle
        below = low
    scaled = (below - 1) * _UNIT
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    if not exact:
        half = Fraction(2 * rounded + 1, 2 * _UNIT) + 1  # the next half above what `low` rounds to
        if low < half <= high and _at(polynomial, half) != top:
            rounded += 1
    return Fraction(rounded, _UNIT)


def _short(middle: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """A number near the middle with a small denominator, strictly inside."""
    room = (high - low) / 4
    denominator = 1 << (math.ceil(1 / room) - 1).bit_length()  # the first power of 2 that fits
    return Fraction(round(middle * denominator), denominator)
