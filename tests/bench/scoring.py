"""Scoring a system of 64 indicators: all answered, and with every fourth still missing."""

from fractions import Fraction

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Missing, Reached
from app.assessment.indicator_system import IndicatorKind, Level
from app.assessment.inputs import FirmInputs
from app.paths import catalogue_path
from app.storage.catalogue_store import open_catalogue
from tests.bench.measure import Measure, timed

INDICATORS = 64


def measures() -> list[Measure]:
    system = open_catalogue(catalogue_path()).system("pcb-64-draft")
    table = next(iter(system.tables))
    indicators = tuple(table.indicators())
    assert len(indicators) == INDICATORS
    inputs = FirmInputs(
        variables={"n": Fraction(4)}, outputs={one.id: Fraction(1000) for one in indicators}
    )
    answered: dict[str, Finding] = {
        one.id: Reached(Level.II)
        if one.kind is IndicatorKind.QUALITATIVE
        else Measured(Fraction(451, 10))
        for one in indicators
    }
    partly = {
        indicator_id: Missing() if number % 4 == 0 else finding
        for number, (indicator_id, finding) in enumerate(answered.items())
    }
    assert assess(system, table.id, partly, inputs).missing
    return [
        Measure(
            "score 64 indicators",
            timed(lambda: assess(system, table.id, answered, inputs), 300, warm_up=20),
            limit_s=0.002,
        ),
        Measure(
            "score 64 indicators, every fourth missing, with ranges",
            timed(lambda: assess(system, table.id, partly, inputs), 300, warm_up=20),
            limit_s=0.010,
        ),
    ]
