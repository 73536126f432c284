"""Every YAML case in tests/cases: the vectors, the faults of other programs, the sample audit. Compared exactly."""

from pathlib import Path

import pytest

from app.assessment.engine import assess
from app.assessment.indicator_system import DocumentKind
from app.assessment.numbers import display, parse_exact
from app.services.scoring import assessment_to_plain
from app.standards.case_source import read_case
from app.standards.tree import Branch, Items, Leaf, Node
from tests.helpers.resource_systems import ResourceSystems

FOLDER = Path(__file__).parents[1] / "cases"
CASES = sorted(FOLDER.glob("*.yaml"))


def plain(node: Node) -> object:
    match node:
        case Leaf(text=text):
            return text
        case Items(nodes=nodes):
            return [plain(item) for item in nodes]
        case Branch(entries=entries):
            return {key: plain(item) for key, item in entries.items()}


def shown(value: object) -> object:
    """As on screens and papers: two decimals."""
    if isinstance(value, list):
        return [shown(item) for item in value]
    return None if value is None else display(parse_exact(str(value)), 2)


def test_all_vectors_are_there() -> None:
    names = {path.stem for path in CASES}
    assert names >= {f"m{number:02d}" for number in range(1, 11)} | {"m02-pcb", "p1", "p2"}
    assert sum(name.startswith("peers-") for name in names) >= 12


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read_case(path, ResourceSystems())
    assert case.expect is not None
    result = assess(case.system, case.table_id, case.findings, case.inputs)
    actual = assessment_to_plain(result, case.system)
    expected = plain(case.expect)
    assert isinstance(expected, dict)
    for fragment in expected.pop("warns", []):
        assert fragment in "".join(result.warnings)
    for key, source in (("index_shown", "index"), ("range_shown", "index_range")):
        if key in expected:
            figures = actual[source]
            assert isinstance(figures, dict)
            assert {level: shown(value) for level, value in figures.items()} == expected.pop(key)
    if "quota_levels" in expected:
        quota = actual["quota"]
        assert isinstance(quota, list)
        assert {one["id"]: one["level"] for one in quota} == expected.pop("quota_levels")
    if "shares" in expected:
        rows = actual["indicators"]
        assert isinstance(rows, list)
        assert {one["id"]: one["share"] for one in rows} == expected.pop("shares")
    if "outcome_has" in expected:
        outcome = actual["outcome"]
        assert isinstance(outcome, dict)
        has = expected.pop("outcome_has")
        assert isinstance(has, dict)
        assert {key: str(outcome[key]) for key in has} == has
    assert {key: actual[key] for key in expected} == expected
    is_reference = case.system.kind is DocumentKind.REFERENCE_TABLE
    assert result.trace.label.startswith("自评参考" if is_reference else "清洁生产水平")
    assert all(judgement.trace.children for judgement in result.judgements)
