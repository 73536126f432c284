"""The library from the command line's side: list, show, check, template, import, export."""

from pathlib import Path

import pytest

from app.errors import UserError
from app.services.systems import (
    SOURCE_SUFFIXES,
    export_system,
    import_system,
    list_lines,
    own_system_files,
    own_systems_dir,
    read_system_file,
    show_lines,
    write_template,
)
from app.storage.catalogue_store import Catalogue, open_catalogue

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "bad_systems" / "good.yaml"


@pytest.fixture
def catalogue(catalogue_file: Path) -> Catalogue:
    return open_catalogue(catalogue_file)


def test_the_list_says_how_sure_each_is(catalogue: Catalogue) -> None:
    (line,) = list_lines(catalogue, "ddhyqj")
    assert line.split("\t") == [
        "electroplating-2015",
        "国家发展改革委 环境保护部 工业和信息化部公告2015年第25号",
        "电镀行业清洁生产评价指标体系",
        "转录 12，凭记忆 31",
        "可定级",
    ]


def test_a_system_shows_rows_doubts_and_gaps(catalogue: Catalogue) -> None:
    shown = "\n".join(show_lines(catalogue, "pcb-64-draft"))
    assert "electricity-rigid-multilayer" in shown
    assert "Ⅰ 10+5n；Ⅱ 25+10n；Ⅲ 55+5n" in shown
    assert "Ⅰ 90-2n" in shown
    assert "存疑：印刷的Ⅲ级式子斜率小于Ⅱ级" in shown
    assert "「资源综合利用」有 2 项二级权重未知" in shown
    with pytest.raises(UserError, match="electroplating-2015"):
        list(show_lines(catalogue, "electroplating"))


@pytest.mark.parametrize("suffix", SOURCE_SUFFIXES)
def test_what_is_exported_is_imported_again(
    catalogue: Catalogue, catalogue_file: Path, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"电镀{suffix}"
    export_system(catalogue, "electroplating-2015", file)
    assert read_system_file(file).system == catalogue.system("electroplating-2015")
    imported = import_system(file, catalogue)
    assert imported.summary.own
    assert own_system_files() == (own_systems_dir() / "electroplating-2015.json",)
    again = open_catalogue(catalogue_file, own_system_files())
    assert again.system_json("electroplating-2015") == catalogue.system_json("electroplating-2015")
    assert sum(item.id == "electroplating-2015" for item in again.systems()) == 1


def test_another_content_under_the_same_id_asks_first(catalogue: Catalogue, tmp_path: Path) -> None:
    import_system(GOOD, catalogue)
    changed = tmp_path / "changed.yaml"
    changed.write_text(GOOD.read_text("utf-8").replace("I: 8,", "I: 9,"), encoding="utf-8")
    with pytest.raises(UserError, match="已有编号「small-2020」的体系，内容不同"):
        import_system(changed, catalogue)
    import_system(changed, catalogue, replace=True)
    assert "Ⅰ 9；Ⅱ 24；Ⅲ 40" in "\n".join(show_lines(catalogue, "small-2020"))


def test_a_faulty_file_changes_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match="第"):
        import_system(GOOD.with_name("category-sum.yaml"), catalogue)
    assert own_system_files() == ()


def test_the_template_is_a_workbook(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    with pytest.raises(UserError, match="「体系编号」没有填"):
        read_system_file(tmp_path / "模板.xlsx")
    with pytest.raises(UserError, match=r"文件名用 \.xlsx 结尾"):
        write_template(tmp_path / "模板.docx")
    with pytest.raises(UserError, match="写不进去"):
        write_template(tmp_path / "没有这个文件夹" / "模板.xlsx")


def test_other_files_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    for name, content, words in (
        ("a.pdf", "%PDF", "不认识这种文件"),
        ("a.json", "{", "文件读不出来"),
        ("b.json", "[]", "应当是一组"),
        ("a.xls", "x", "不是完好的"),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(UserError, match=words):
            read_system_file(tmp_path / name)
