"""How long scoring takes: one assessment of 64 indicators, and 5,000 audits from their files."""

import random
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from app.assessment.engine import assess
from app.assessment.finding import Finding, Measured, Reached
from app.assessment.indicator_system import Family, IndicatorKind, IndicatorSystem, Level, Method
from app.assessment.inputs import FirmInputs
from app.forms.answer import Answer, AnswerBook, Given, indicator_key
from app.services.scoring import score_folder
from app.storage.catalogue_build import build_catalogue
from app.storage.catalogue_store import Catalogue, open_catalogue
from app.storage.contents import FrozenSystem
from app.storage.opening import create
from tests.bench.measure import Measure, timed
from tests.helpers.systems import READ, category, quantitative
from tests.helpers.systems import system as made_system

RESOURCES = Path(__file__).parents[2] / "resources"
SYSTEM_ID, TABLE_ID = "pcb-64-draft", "general"
AUDITS = 5000
KINDS = 50  # different audit files; they are copied, for writing 5,000 would take minutes


def measures() -> list[Measure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue = open_catalogue(build_catalogue(RESOURCES, folder / "c.sqlite").target)
        system = catalogue.system(SYSTEM_ID)
        findings = _findings(system, random.Random(1))
        some = {key: value for place, (key, value) in enumerate(findings.items()) if place % 7}
        inputs = FirmInputs(
            {"n": Fraction(4)}, {key: Fraction(place) for place, key in enumerate(findings, 1)}
        )
        ratios = _ratios(1024)
        return [
            Measure(
                "64 indicators scored, everything answered",
                timed(lambda: assess(system, TABLE_ID, findings, inputs), 200, 5),
                0.002,
            ),
            Measure(
                "64 indicators scored, with ranges (answers, outputs and weights open)",
                timed(lambda: assess(system, TABLE_ID, some), 200, 5),
                0.010,
            ),
            Measure(
                "1,024 open rows of ratios (P), their range",
                timed(lambda: assess(ratios, "t", {}), 5, 3),
                0.1,
            ),
            Measure(f"{AUDITS} audits of 64 indicators from their files", (_many(catalogue, system, folder),), 10.0),
        ]  # fmt: skip


def _ratios(count: int) -> IndicatorSystem:
    """A document of one item under a k/m cap."""
    rows = [
        replace(
            quantitative(f"r{place}", ("1", "1", "1")),
            benchmarks={},
            base=Fraction(5),
            points=Fraction(1 + place % 7),
        )
        for place in range(count)
    ]
    method = Method(
        Family.P_INDEX,
        (),
        READ,
        quantitative_share=Fraction(3, 5),
        qualitative_share=Fraction(2, 5),
        ratio_cap="k/m",
    )
    return made_system(category("c", None, *rows, points=Fraction(5000)), method=method)


def _findings(system: IndicatorSystem, dice: random.Random) -> dict[str, Finding]:
    findings: dict[str, Finding] = {}
    for indicator in system.table(TABLE_ID).indicators():
        if indicator.kind is IndicatorKind.QUANTITATIVE:
            findings[indicator.id] = Measured(Fraction(dice.randint(0, 2000), 20))
        else:
            findings[indicator.id] = Reached(Level(dice.randint(1, 4)))
    return findings


def _many(catalogue: Catalogue, system: IndicatorSystem, folder: Path) -> float:
    dice = random.Random(2)
    frozen = FrozenSystem(system.id, catalogue.system_json(system.id))
    questionnaire = catalogue.questionnaires()[0].id
    kinds = []
    for number in range(KINDS):
        path = folder / f"k{number}.cpaudit"
        create(
            path,
            answers=AnswerBook(_answers(_findings(system, dice))),
            system=frozen,
            meta={"audit_id": str(number), "questionnaire": questionnaire},
            who="bench",
            when=datetime.now(UTC),
        ).close()
        kinds.append(path)
    many = folder / "many"
    many.mkdir()
    for number in range(AUDITS):
        shutil.copyfile(kinds[number % KINDS], many / f"a{number}.cpaudit")
    started = time.perf_counter()
    problems = score_folder(many, folder / "many.csv", catalogue)
    elapsed = time.perf_counter() - started
    if problems:
        raise AssertionError(problems[0])
    return elapsed


def _answers(findings: dict[str, Finding]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {"audit.system": Given(SYSTEM_ID), "audit.table": Given(TABLE_ID)}
    for key, finding in findings.items():
        match finding:
            case Measured(value):
                text = f"{value.numerator * (100 // value.denominator)}"
                answers[indicator_key(TABLE_ID, key)] = Given(text)
            case Reached(level):
                answers[indicator_key(TABLE_ID, key)] = Given(level.code)
            case _:
                raise AssertionError(finding)
    return answers
