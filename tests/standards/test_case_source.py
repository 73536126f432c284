"""Case files: everything wrong is said at once, with file, line and remedy."""

from pathlib import Path

import pytest

from app.assessment.finding import Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import Level
from app.errors import UserError
from app.standards.case_source import read_case
from tests.helpers.resource_systems import ResourceSystems


def write(folder: Path, text: str) -> Path:
    path = folder / "算例.yaml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(UserError) as caught:
        read_case(write(folder, text), ResourceSystems())
    return [str(problem) for problem in caught.value.problems]


def test_numbers_levels_reasons_and_silence_are_read_apart(tmp_path: Path) -> None:
    case = read_case(
        write(
            tmp_path,
            """
system: electroplating-2015
table: general-plating
inputs:
  applicable: {metal-use: [zinc-utilisation]}
findings:
  rinse-water-intake: 31.80
  zinc-utilisation: 35700/443
  clean-process: II
  process-control: none
  gold-utilisation: {na: 不镀金}
  water-reuse: null
  wastewater-treatment:
""",
        ),
        ResourceSystems(),
    )
    found = case.findings
    value = found["rinse-water-intake"]
    assert isinstance(value, Measured)
    assert str(value.value) == "159/5"
    assert found["clean-process"] == Reached(Level.II)
    assert found["process-control"] == Reached(Level.NONE)
    assert found["gold-utilisation"] == NotApplicable("不镀金")
    assert found["water-reuse"] == found["wastewater-treatment"] == Missing()
    assert case.inputs.applicable == {"metal-use": frozenset({"zinc-utilisation"})}


def test_all_faults_are_said_at_once_with_their_lines(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """system: electroplating-2015
table: general-plating
tabel: x
inputs:
  outputs: {zinc-utilisation: -1}
  applicable: {metal-use: [zink-utilisation]}
  layers: 3
findings:
  rinse-water: 31.8
  rinse-water-intake: 31.8 L/m2
  water-reuse: 三成
  zinc-utilisation: II
  clean-process: 3
  plating-line: IV
  process-control: {na: }
  emergency-plan: [I]
  rinse-water-intake: 5
""",
    )
    assert found == [
        "算例.yaml 第 17 行：键「rinse-water-intake」写了两次，前一个在算例.yaml 第 10 行。删去多余的一个。",
        "算例.yaml 第 3 行：不认识的键「tabel」。是不是要写「table」？",
        "算例.yaml 第 7 行：不认识的键「layers」。可用的键：outputs、applicable。",
        "算例.yaml 第 5 行：「zinc-utilisation」的产量是负数。改成 0 或正数。",
        "算例.yaml 第 6 行：「metal-use」组里没有「zink-utilisation」。是不是要写「zinc-utilisation」？",
        "算例.yaml 第 9 行：这张表没有指标「rinse-water」。是不是要写「rinse-water-intake」？",
        "算例.yaml 第 10 行：「单位产品每次清洗取水量」应当是一个数，写的是「31.8 L/m2」。"
        "只写半角数字，不写单位（单位是 L/m2）和千位逗号，例如 31.8 或 250/7。",
        "算例.yaml 第 11 行：「电镀用水重复利用率」应当是一个数，写的是「三成」。"
        "只写半角数字，不写单位（单位是 %）和千位逗号，例如 31.8 或 250/7。",
        "算例.yaml 第 12 行：「锌利用率」是定量指标，写的是级别「II」。写实际值，只写数。",
        "算例.yaml 第 13 行：「采用清洁生产工艺」是定性指标，写的是「3」。写达到的最好级别：I、II、III，都没达到写 none。",
        "算例.yaml 第 14 行：「电镀生产线要求」是定性指标，写的是「IV」。写达到的最好级别：I、II、III，都没达到写 none。",
        "算例.yaml 第 15 行：「清洁生产过程控制」标了不适用，没有写原因。写成 {na: 没有这道工序} 的样子。",
        "算例.yaml 第 16 行：「环境应急预案」写成了列表。写一个数、一个级别、{na: 原因} 或 null。",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "system: electroplating\ntable: general-plating\nfindings: {}",
            "算例.yaml 第 1 行：目录里没有体系「electroplating」。是不是要写「electroplating-2015」？",
        ),
        (
            "system: electroplating-2015\nfindings: {}",
            "算例.yaml 第 1 行：没有写用哪张表（table）。可写：general-plating、anodizing。",
        ),
        (
            "system: electroplating-2015\ntable: plating\nfindings: {}",
            "算例.yaml 第 2 行：「electroplating-2015」没有表「plating」。可写：general-plating、anodizing。",
        ),
        ("findings: {}", "算例.yaml 第 1 行：缺少「system」。补上「system」这一项。"),
        (
            "system: 别处/没有.yaml\nfindings: {}",
            "算例.yaml 第 1 行：体系文件「别处/没有.yaml」用不了。先改好下面列出的问题。",
        ),
        (
            "system: pcb-64-draft\nfindings: [1]",
            "算例.yaml 第 2 行：findings 应当是一组「指标编号: 值」。每个指标写一行。",
        ),
        ("", "算例.yaml 第 1 行：文件是空的。按模板填写后再导入。"),
    ],
)
def test_what_is_wrong_with_the_frame(tmp_path: Path, text: str, message: str) -> None:
    assert message in problems(tmp_path, text)


def test_a_system_of_ones_own_lies_beside_the_case(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "cases" / "systems" / "vectors-2013.yaml"
    (tmp_path / "我的.yaml").write_text(source.read_text("utf-8"), "utf-8")
    case = read_case(write(tmp_path, "system: ./我的.yaml\nfindings:\n"), ResourceSystems())
    assert case.system.id == "vectors-2013"
    assert case.table_id == "t"
    assert case.findings == {}


def test_a_direction_that_is_not_written_is_never_guessed(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "cases" / "systems" / "peers-limiting.yaml"
    text = source.read_text("utf-8").replace("      direction: lower\n", "")
    (tmp_path / "无方向.yaml").write_text(text, "utf-8")
    found = problems(tmp_path, "system: ./无方向.yaml\nfindings: {dust: 5}")
    assert any("direction" in problem and "无方向.yaml 第" in problem for problem in found)


def test_variables_of_the_system_are_inputs(tmp_path: Path) -> None:
    case = read_case(
        write(tmp_path, "system: pcb-64-draft\ninputs: {n: 4}\nfindings: {}"), ResourceSystems()
    )
    assert {name: str(value) for name, value in case.inputs.variables.items()} == {"n": "4"}
    empty = read_case(
        write(tmp_path, "system: pcb-64-draft\ninputs:\nfindings: {}"), ResourceSystems()
    )
    assert empty.inputs.variables == {}
