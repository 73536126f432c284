"""`cleanaudit score` for every family of methods: for people, for scripts, and a folder of them as a table."""

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.__main__ import main
from app.assessment.indicator_system import Family

CASES = Path(__file__).parents[1] / "cases"

# case -> (family, what the JSON holds, lines that are printed, cells of the table)
FAMILIES: Mapping[str, tuple[Family, Mapping[str, object], tuple[str, ...], Mapping[str, str]]] = {
    "m07": (
        Family.LEVEL_INDEX,
        {"level": "II", "index": {"I": "36", "II": "100", "III": "100"}},
        ("等级：Ⅱ ", "YⅠ　36.00", "YⅡ　100.00"),
        {"等级": "Ⅱ", "YⅠ最低": "36", "YⅠ最高": "36", "各级项数": "Ⅰ 1；Ⅱ 3；Ⅲ 0；未达Ⅲ 0"},
    ),
    "combined-known-weights": (
        Family.LEVEL_INDEX,
        {"table": "one+two+management", "level": "II"},
        ("工序一 ＋ 工序二 ＋ 管理",),
        {"表": "one+two+management", "等级": "Ⅱ"},
    ),
    "combined-open-weights": (
        Family.LEVEL_INDEX,
        {"level": None, "level_range": ["I", "none"], "why_not_scored": "各表合并的权重没有收录全"},
        ("等级：未定（最好Ⅰ，最差未达Ⅲ）", "YⅠ　80.00～100.00", "各表合并的权重没有收录全"),
        {"等级": "", "最好等级": "Ⅰ", "最差等级": "未达Ⅲ", "YⅠ最低": "80", "YⅠ最高": "100"},
    ),
    "p2": (
        Family.P_INDEX,
        {"scores": {"P1": ["25", "25"], "P2": ["60", "60"], "P": ["39", "39"]}, "level": "none"},
        ("P　39.00", "P1　25.00"),
        {"得分": "P1 25；P2 60；P 39", "等级": "未达Ⅲ", "YⅠ最低": ""},
    ),
    "level-only": (
        Family.LEVEL_ONLY,
        {"level": None, "level_range": None},
        ("Ⅰ　1 项", "文件没有写总等级怎么判，只列每项指标达到哪一级"),
        {"等级": "", "最好等级": "", "各级项数": "Ⅰ 1；Ⅱ 0；Ⅲ 0；未达Ⅲ 0", "没填项数": "7"},
    ),
    "points-local": (
        Family.POINTS,
        {"scores": {"points": ["90", "90"]}, "level": "I", "level_name": "优秀"},
        ("等级：Ⅰ 优秀", "总分　90.00"),
        {"得分": "总分 90", "等级": "Ⅰ"},
    ),
    "points-local-open": (
        Family.POINTS,
        {"scores": {"points": ["40", "80"]}, "level_range": ["II", "none"]},
        ("总分　40.00～80.00", "没填：方案实施率"),
        {"得分": "总分 40～80", "等级": "", "没填项数": "1"},
    ),
    "quota-cement-modifiers": (
        Family.ENERGY_QUOTA,
        {
            "level": None,
            "quota": [
                {
                    "id": "cement-01",
                    "level": "III",
                    "level_name": "能耗限额3级（现有企业限定值）",
                    "over_level_3": False,
                    "meets_level_2": False,
                }
            ],
        },
        ("水泥单位产品综合能耗　能耗限额3级（现有企业限定值）", "能耗限额逐个产品比，不合成总等级"),
        {"等级": "", "各级项数": "Ⅰ 0；Ⅱ 0；Ⅲ 1；未达Ⅲ 0"},
    ),
    "quota-cement-over": (
        Family.ENERGY_QUOTA,
        {"level": None},
        ("水泥单位产品综合能耗　超过3级限定值",),
        {"各级项数": "Ⅰ 0；Ⅱ 0；Ⅲ 0；未达Ⅲ 1"},
    ),
    "ratio-green-park": (
        Family.CHECKLIST,
        {"scores": {"GI": ["3150/31", "3150/31"]}, "level": None, "level_range": None},
        ("GI　101.61", "自评参考：", "参考表不给清洁生产水平，只作自评参考", "GI 的算法凭记忆"),
        {"得分": "GI 101.612903", "等级": ""},
    ),
    "points-green-construction": (
        Family.POINTS,
        {"scores": {"batch": ["1009/20", "1009/20"], "W": ["83", "83"]}, "level": None},
        ("单位工程得分 W　83.00", "下面的规则凭记忆", "符合　不属于「不合格」", "还不能说　优良"),
        {"得分": "这一批的得分 50.45；单位工程得分 W 83", "等级": ""},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases side by side, with the systems they name and one of a standard without weights."""
    target = tmp_path_factory.mktemp("算 例")
    for name in FAMILIES:
        if name != "level-only":
            shutil.copy(CASES / f"{name}.yaml", target)
    shutil.copytree(CASES / "systems", target / "systems")
    target.joinpath("level-only.yaml").write_text(
        "system: beer-hjt183-2006\nfindings: {water-intake: 5.9}\n", encoding="utf-8"
    )
    return target


def test_every_family_is_here() -> None:
    assert {family for family, *_ in FAMILIES.values()} == set(Family)


@pytest.mark.parametrize("name", FAMILIES)
def test_for_scripts(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    family, holds, _, _ = FAMILIES[name]
    assert main(["score", str(folder / f"{name}.yaml"), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["family"] == family.value
    assert {key: plain[key] for key in holds} == holds


@pytest.mark.parametrize("name", FAMILIES)
def test_for_people(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(folder / f"{name}.yaml")]) == 0
    printed = capsys.readouterr().out
    for fragment in FAMILIES[name][2]:
        assert fragment in printed


def test_a_folder_of_all_of_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = folder / "结果.csv"
    assert main(["score", str(folder), "--csv", str(target)]) == 0
    assert capsys.readouterr().err == ""
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["文件"].removesuffix(".yaml"): row for row in csv.DictReader(stream)}
    assert rows.keys() == FAMILIES.keys()
    for name, (_, _, _, cells) in FAMILIES.items():
        assert {key: rows[name][key] for key in cells} == cells
        assert rows[name]["问题"] == ""
