"""`cleanaudit systems …` as a consultant's script uses it: what it prints, and its exit status."""

from pathlib import Path

import pytest

from app.__main__ import main
from app.bootstrap import load_catalogue
from app.services.system_packs import export_pack

BAD = Path(__file__).parents[1] / "bad_systems"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main(["systems", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def test_list_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list", "电镀")
    assert (status, out.split("\t")[0]) == (0, "electroplating-2015")
    status, out, _ = run(capsys)
    assert len(out.splitlines()) == 41
    status, out, _ = run(capsys, "show", "electroplating-2015")
    assert (
        "rinse-water-intake 单位产品每次清洗取水量（L/m²） 权重 1 限定 [转录] Ⅰ 8；Ⅱ 24；Ⅲ 40"
        in out
    )
    assert run(capsys, "show", "nothing")[0] == 2


def test_check_prints_every_problem_with_line_and_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, "check", BAD / "good.yaml")
    assert (status, out) == (0, "good.yaml：没有问题。小体系（small-2020），1 张表，5 项指标。\n")
    status, out, err = run(capsys, "check", BAD / "category-sum.yaml")
    assert (status, out) == (2, "")
    assert err.startswith("category-sum.yaml 第 27 行：一级权重（不含加分类）相加为 0.9，应为 1。")


def test_template_export_import(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "template", tmp_path / "模板.xlsx")[0] == 0
    status, _, err = run(capsys, "check", tmp_path / "模板.xlsx")
    assert status == 2
    assert "工作表「文件」 A3：「体系编号」没有填。" in err
    assert run(capsys, "export", "beer-hjt183-2006", "-o", tmp_path / "啤酒.xlsx")[0] == 0
    status, out, _ = run(capsys, "import", tmp_path / "啤酒.xlsx")
    assert (status, Path(out.strip()).name) == (0, "beer-hjt183-2006.json")
    _, out, _ = run(capsys, "list", "啤酒")
    assert out.splitlines()[0].endswith("不定级 自有")


def test_import_takes_a_pack_and_says_how_it_was_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, user_home: Path
) -> None:
    catalogue = load_catalogue()
    pack = tmp_path / "电镀.cppack"
    export_pack(catalogue, ["electroplating-2015"], pack, by="李工", on="2026-11-22")
    status, out, _ = run(capsys, "import", pack)
    assert status == 0
    assert "李工 2026-11-22" in out
    assert "没有第二人复核" in out
    assert out.splitlines()[-1].endswith(".json")
    status, _, err = run(capsys, "import", pack)
    assert status == 2
    assert "自己的库里已有" in err
    assert run(capsys, "import", pack, "--replace")[0] == 0
