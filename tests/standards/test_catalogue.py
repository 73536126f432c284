"""The compiled catalogue: the same bytes twice, everything found in it, own systems beside it, damage named."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.assessment.indicator_system import Verification
from app.errors import UserError
from app.standards.library import industry_name
from app.standards.system_json import content_hash, system_to_json
from app.standards.yaml_source import load_system_file
from app.storage.catalogue_build import build_catalogue, hash_file, source_fingerprint
from app.storage.catalogue_store import Catalogue, open_catalogue
from app.storage.own_systems import own_file, own_files, read_own, undo_own, write_own

RESOURCES = Path(__file__).parents[2] / "resources"
GOOD = Path(__file__).parents[1] / "bad_systems" / "good.yaml"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_catalogue(RESOURCES, tmp_path_factory.mktemp("目 录") / "catalogue.sqlite").target


@pytest.fixture(scope="module")
def catalogue(path: Path) -> Catalogue:
    return open_catalogue(path)


def test_two_builds_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = build_catalogue(RESOURCES, tmp_path / "catalogue.sqlite").target
    assert again.read_bytes() == path.read_bytes()
    assert hash_file(again).read_text() == hash_file(path).read_text()


def test_every_document_comes_back_as_its_file_says(catalogue: Catalogue) -> None:
    files = sorted((RESOURCES / "indicator_systems").glob("*.yaml"))
    assert [summary.id for summary in catalogue.systems()] == [file.stem for file in files]
    for file in files:
        system = load_system_file(file).system
        assert catalogue.system(file.stem) == system
        assert catalogue.system_json(file.stem) == system_to_json(system)
        assert catalogue.system_hash(file.stem) == content_hash(system_to_json(system))


def test_forms_come_along(catalogue: Catalogue) -> None:
    questionnaires = catalogue.questionnaires()
    assert questionnaires
    assert catalogue.questionnaire(questionnaires[0].id) == questionnaires[0]
    assert catalogue.factors()
    assert catalogue.quantities()
    assert catalogue.derivations("electroplating-2015") is not None
    assert catalogue.derivations("battery-2015") is None


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("电镀", "electroplating-2015"),
        ("ddhyqjsc", "electroplating-2015"),
        ("DD", "electroplating-2015"),
        ("2015年第25号", "electroplating-2015"),
        ("hj450", "pcb-hj450-2008"),
        ("HJ/T 183", "beer-hjt183-2006"),
        ("7724", "hazardous-waste-incineration-zaepi-draft"),
        ("阳极氧化", "electroplating-2015"),
        ("金属表面", "coating-2016"),
        ("电镀 金属表面", "electroplating-2015"),
        ("造纸", "energy-quota-pulp-paper-gb31825-2024"),
        ("能耗 啤酒", "energy-quota-beer-gb32047-2025"),
        ("啤酒 电镀", None),
        ("gb 16780", "energy-quota-cement-gb16780-2021"),
    ],
)
def test_found_as_typed(catalogue: Catalogue, query: str, first: str | None) -> None:
    found = [summary.id for summary in catalogue.find(query)]
    assert found[:1] == ([first] if first else [])


def test_an_empty_query_finds_all(catalogue: Catalogue) -> None:
    assert len(catalogue.find("  ")) == 41


def test_every_industry_of_a_system_has_a_name(catalogue: Catalogue) -> None:
    assert catalogue.industries()["336"] == "金属表面处理及热处理加工"
    for summary in catalogue.systems():
        assert all(summary.industry_names), summary.id
    assert industry_name(catalogue.industries(), "3367") == "金属表面处理及热处理加工"
    assert industry_name(catalogue.industries(), "9999") == ""


def test_a_library_line_counts_states(catalogue: Catalogue) -> None:
    line = catalogue.summary("electroplating-2015")
    assert (line.indicators, line.scorable, line.own) == (43, True, False)
    assert line.states == {
        Verification.VERIFIED: 0,
        Verification.TRANSCRIBED: 12,
        Verification.RECALLED: 31,
    }
    assert len(catalogue.summary("pcb-64-draft").warnings) == 4
    with pytest.raises(KeyError):
        catalogue.system("nothing")


def test_own_systems_stand_beside_and_their_faults_are_told(path: Path, tmp_path: Path) -> None:
    write_own(tmp_path, load_system_file(GOOD).system)
    (tmp_path / "断.json").write_text("{", encoding="utf-8")
    (tmp_path / "别的.json").write_text("[]", encoding="utf-8")
    broken = own_file(tmp_path, "small-2020").read_text("utf-8").replace('"0.4"', '"0.5"')
    (tmp_path / "错.json").write_text(broken, encoding="utf-8")
    catalogue = open_catalogue(path, own_files(tmp_path))
    assert catalogue.systems()[0].id == "small-2020"
    assert catalogue.summary("small-2020").own
    assert [item.id for item in catalogue.find("xtx")] == ["small-2020"]
    assert [problem.where for problem in catalogue.own_problems] == [
        "别的.json",
        "断.json",
        "指标体系 › tables › 1 › categories",
    ]
    catalogue.drop_own("small-2020")
    with pytest.raises(KeyError):
        catalogue.system("small-2020")


def test_each_state_of_an_own_system_can_be_undone(tmp_path: Path) -> None:
    first = load_system_file(GOOD).system
    second, third = replace(first, scope="二"), replace(first, scope="三")
    for system in (first, second, third):
        write_own(tmp_path, system)
    assert read_own(own_file(tmp_path, first.id)).system == third
    restored = undo_own(tmp_path, first.id)
    assert restored is not None
    assert restored.system == second
    write_own(tmp_path, third)
    undo_own(tmp_path, first.id)
    restored = undo_own(tmp_path, first.id)
    assert restored is not None
    assert restored.system == first
    assert undo_own(tmp_path, first.id) is None
    assert own_files(tmp_path) == ()


def test_damage_is_named(path: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="找不到"):
        open_catalogue(tmp_path / "none.sqlite")
    torn = tmp_path / "torn.sqlite"
    torn.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UserError, match="损坏"):
        open_catalogue(torn)
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"")
    with pytest.raises(UserError, match="不是本版程序"):
        open_catalogue(other)


def test_a_faulty_source_stops_the_build_and_leaves_the_old_catalogue(tmp_path: Path) -> None:
    resources = tmp_path / "resources"
    (resources / "indicator_systems").mkdir(parents=True)
    (resources / "indicator_systems" / "a.yaml").write_bytes(GOOD.read_bytes())
    (resources / "indicator_systems" / "b.yaml").write_bytes(GOOD.read_bytes())
    for name in ("factors.yaml", "industries.yaml"):
        (resources / name).write_bytes((RESOURCES / name).read_bytes())
    target = tmp_path / "catalogue.sqlite"
    target.write_bytes(b"old")
    with pytest.raises(UserError, match=r"「small-2020」与 a\.yaml 重复"):
        build_catalogue(resources, target)
    assert target.read_bytes() == b"old"
    assert source_fingerprint(resources) != source_fingerprint(RESOURCES)
