"""The shipped documents: complete against the frozen count, and equal after every way of writing them."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from app.assessment.indicator_system import Family, IndicatorSystem, Level, Verification
from app.assessment.scorable import is_scorable
from app.standards.library import table_gaps, threshold_state
from app.standards.system_json import content_hash, system_from_json, system_to_json
from app.standards.system_reader import LoadedSystem
from app.standards.yaml_source import load_system_file, system_to_yaml
from tests.helpers.systems import load_system_text
from tests.standards.fingerprints import fingerprint

FOLDER = Path(__file__).parents[2] / "resources" / "indicator_systems"
EXPECTED = json.loads((Path(__file__).parent / "fingerprints.json").read_text(encoding="utf-8"))
IDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.fixture(scope="module")
def loaded() -> dict[str, LoadedSystem]:
    return {name: load_system_file(FOLDER / f"{name}.yaml") for name in IDS}


def test_the_same_forty_one_documents() -> None:
    assert sorted(EXPECTED) == IDS
    assert sum(entry["indicators"] for entry in EXPECTED.values()) == 942


@pytest.mark.parametrize("name", IDS)
def test_no_row_digit_or_mark_is_lost(loaded: dict[str, LoadedSystem], name: str) -> None:
    system = loaded[name].system
    assert system.id == name
    assert fingerprint(system) == EXPECTED[name]


@pytest.mark.parametrize("name", IDS)
def test_json_and_yaml_give_the_same_system_back(
    loaded: dict[str, LoadedSystem], name: str
) -> None:
    system = loaded[name].system
    text = system_to_json(system)
    assert system_from_json(text) == system
    assert system_to_json(system_from_json(text)) == text
    assert load_system_text(system_to_yaml(system), "again.yaml").system == system
    assert content_hash(text) != content_hash(text + " ")


def test_only_the_known_official_rows_are_not_nested(loaded: dict[str, LoadedSystem]) -> None:
    warned = {name: len(item.warnings) for name, item in loaded.items() if item.warnings}
    assert warned == {"pcb-64-draft": 4}
    assert all("Ⅱ级反而比Ⅲ级宽" in str(item) for item in loaded["pcb-64-draft"].warnings)


def test_nothing_shipped_claims_to_be_verified(loaded: dict[str, LoadedSystem]) -> None:
    for item in loaded.values():
        for table in item.system.tables:
            for row in table.indicators():
                for level in row.benchmarks:
                    assert row.provenance_of(level).verification is not Verification.VERIFIED
                    assert row.provenance_of(level).source_id in item.system.sources


def test_electroplating_states_as_on_the_screens(loaded: dict[str, LoadedSystem]) -> None:
    system = loaded["electroplating-2015"].system
    table = system.table("general-plating")
    states = [threshold_state(row) for row in table.indicators()]
    assert states.count(Verification.TRANSCRIBED) == 12
    assert states.count(Verification.RECALLED) == 13
    recalled = [
        category.name
        for category in table.categories
        if category.provenance.verification is Verification.RECALLED
    ]
    assert recalled == ["污染物产生指标", "产品特征指标", "管理指标"]
    assert system.method.provenance.verification is Verification.RECALLED
    assert is_scorable(system, table)


def test_doubts_and_prints_stay_with_their_value(loaded: dict[str, LoadedSystem]) -> None:
    draft = loaded["pcb-64-draft"].system
    rows = {row.id: row for row in draft.table("general").indicators()}
    laminate = rows["laminate-utilisation-rigid-multilayer"]
    assert laminate.provenance_of(Level.II).printed == "82+3n"
    assert laminate.provenance_of(Level.II).inferred
    assert laminate.weight_provenance is not None
    assert laminate.weight_provenance.source_id == "platform-rules"
    assert rows["electricity-rigid-hdi"].provenance.doubt.startswith("印刷的Ⅲ级式子斜率小于Ⅱ级")
    water = rows["water-reuse"].weight_provenance
    assert water is not None
    assert water.inferred
    assert "疑错位" in rows["panel-cleaning"].provenance_of(Level.I).doubt
    assert Level.II not in rows["panel-cleaning"].benchmarks
    assert draft.method.levels[0].others_level is Level.II


def test_a_gap_is_not_a_missing_level(loaded: dict[str, LoadedSystem]) -> None:
    draft = loaded["hazardous-waste-incineration-zaepi-draft"].system
    rows = {row.id: row for row in draft.table("general").indicators()}
    carbon = rows["carbon-dioxide-per-tonne"].benchmarks
    assert carbon == {Level.I: None, Level.II: None, Level.III: None}
    assert draft.method.index_cap == 100
    assert draft.method.energy_basis == "等价值"
    steel = loaded["energy-quota-crude-steel-gb21256-2025"].system
    furnace = list(steel.tables[0].indicators())[4]
    assert list(furnace.benchmarks) == [Level.I, Level.III]


@pytest.mark.parametrize(
    ("name", "scorable", "gap"),
    [
        ("electroplating-2015", True, ""),
        (
            "hazardous-waste-incineration-zaepi-draft",
            True,
            "「吨危废二氧化碳排放量」的Ⅰ、Ⅱ、Ⅲ级要求未查到",
        ),
        ("pcb-64-draft", False, "「资源综合利用」有 2 项二级权重未知"),
        ("coating-2016", False, "「生产工艺及设备要求」有 11 项二级权重未知"),
        ("battery-2015", False, "一级权重未知：生产工艺及设备要求"),
        ("beer-hjt183-2006", False, ""),
    ],
)
def test_what_cannot_be_scored_says_why(
    loaded: dict[str, LoadedSystem], name: str, scorable: bool, gap: str
) -> None:
    system = loaded[name].system
    table = system.tables[0]
    assert is_scorable(system, table) is scorable
    gaps = table_gaps(table, system.method.family)
    assert gaps[:1] == ((gap,) if gap else ())


def test_reference_tables_and_quotas_have_their_own_families(
    loaded: dict[str, LoadedSystem],
) -> None:
    families = {name: item.system.method.family for name, item in loaded.items()}
    assert all(
        (family is Family.ENERGY_QUOTA) == name.startswith("energy-quota-")
        for name, family in families.items()
    )
    park = loaded["eco-industrial-park-hj274-2015"].system
    assert (len(park.method.pick_groups), park.method.least_met) == (6, 23)
    optional = [row for row in park.tables[0].indicators() if row.mandatory is False]
    assert len(optional) == 15
    assert {row.pick_group for row in optional} == {group.id for group in park.method.pick_groups}
    assert "levels.rule" in loaded["green-construction-gbt50640-2010"].system.method.recalled_parts


def amounts(system: IndicatorSystem, indicator_id: str) -> dict[str, dict[Level, Fraction]]:
    for table in system.tables:
        for row in table.indicators():
            if row.id == indicator_id:
                return {item.input: dict(item.amounts) for item in row.modifiers}
    raise KeyError(indicator_id)


def test_modifiers_of_quotas(loaded: dict[str, LoadedSystem]) -> None:
    cement = loaded["energy-quota-cement-gb16780-2021"].system
    per_point = amounts(cement, "cement-01")["clinker-points-over-75"]
    assert per_point == {
        Level.I: Fraction("1.1"),
        Level.II: Fraction("1.15"),
        Level.III: Fraction("1.2"),
    }
    altitude = next(cement.tables[0].indicators()).modifiers[1]
    assert altitude.levels == (Level.III,)
    paper = loaded["energy-quota-pulp-paper-gb31825-2024"].system
    choices = {
        row.modifiers[0].choices
        for table in paper.tables
        for row in table.indicators()
        if row.modifiers
    }
    assert choices == {tuple(Fraction(number) for number in (0, 320, 100, 200))}
