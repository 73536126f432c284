"""The user's own measures: kept from one audit, used in the next, without anything of the first firm in them."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from app.errors import UserError
from app.forms.answer import AnswerBook, Given, apply
from app.services.acts import add_measure
from app.services.own_measures import OwnMeasures, read_measures
from tests.helpers.forms import sample_project, shipped_forms


def kept(folder: Path) -> OwnMeasures:
    library = OwnMeasures(folder / "measures.json")
    project = sample_project(shipped_forms().samples["chengling"].finished())
    assert "新的 12 个" in library.keep(project)
    return library


def test_kept_found_and_used_again(tmp_path: Path) -> None:
    library = kept(tmp_path)
    (found,) = library.find("nlpx")
    assert found.option.title == "清洗线改三级逆流漂洗"
    assert found.ratios == (Fraction(11050, 11600),)
    assert found.words == "做过 1 次，实测是预计的 0.95 倍"
    assert library.option(found.id) == found.option
    assert library.find("没有这个") == ()


def test_nothing_of_the_firm_is_kept(tmp_path: Path) -> None:
    kept(tmp_path)
    text = (tmp_path / "measures.json").read_text(encoding="utf-8")
    for word in ("澄岭", "南海", "陈伟强", "林志远", "铜镍线", "12.6", "13.84"):
        assert word not in text


def test_a_second_time_adds_nothing_and_a_new_ratio_is_added(tmp_path: Path) -> None:
    library = kept(tmp_path)
    before = library.all()
    library.keep(sample_project(shipped_forms().samples["chengling"].finished()))
    assert library.all() == before


def test_to_another_machine_and_back(tmp_path: Path) -> None:
    library = kept(tmp_path)
    library.export(str(tmp_path / "带走"))
    other = OwnMeasures(tmp_path / "other" / "measures.json")
    assert "导入 12 个" in other.bring_in(str(tmp_path / "带走.json"))
    assert other.all() == library.all()
    other.bring_in(str(tmp_path / "带走.json"))
    assert other.all() == library.all(), "twice changes nothing"
    other.forget(other.all()[0].id)
    assert len(other.all()) == 11


def test_used_again_with_its_formula_and_wording_but_without_the_firm_s_numbers(
    tmp_path: Path,
) -> None:
    book = shipped_forms().samples["chengling"].finished()
    answers = {
        **book.answers,
        "measures.list/ZG1/formula": Given("新水=V*(1-r)"),
        "measures.list/ZG1/inputs": Given("V=41600；r=72%"),
    }
    library = OwnMeasures(tmp_path / "measures.json")
    library.keep(sample_project(AnswerBook(answers, book.rows)))
    (found,) = library.find("nlpx")
    assert found.wording == "少用水 ＿ m³/a，少排废水 ＿ m³/a"
    other = sample_project(AnswerBook({"audit.base_year": Given("2025")}))
    cells = library.cells(other, found.id)
    assert cells["name"] == "清洗线改三级逆流漂洗"
    assert (cells["formula"], cells["inputs"]) == ("新水=V*(1-r)", "V=；r=")
    assert cells["effect"] == found.wording
    assert "option" not in cells
    act = add_measure(other, "r1", cells)
    used = sample_project(apply(other.book, act.changes))
    assert used.derivation.cell("measures.list", "r1", "worked").words == "「V」还没有数"
    assert library.cells(other, "OWN-999") == {}


def test_a_library_of_0_2_0_is_read(tmp_path: Path) -> None:
    library = kept(tmp_path)
    file = tmp_path / "measures.json"
    plain = json.loads(file.read_text("utf-8"))
    for one in plain["measures"]:
        del one["wording"]
    file.write_text(json.dumps(plain), "utf-8")
    assert [one.wording for one in library.all()] == [""] * 12


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1]",
        '{"format": "x", "measures": []}',
        '{"format": "cleanaudit-measures-1", "measures": [{"title": 3}]}',
    ],
)
def test_a_file_of_another_kind_is_refused_and_nothing_is_lost(
    tmp_path: Path, content: str
) -> None:
    library = kept(tmp_path)
    before = library.all()
    file = tmp_path / "别的.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="方案文件"):
        library.bring_in(str(file))
    assert library.all() == before


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="读不出来"):
        read_measures(tmp_path / "没有.json")


def test_what_is_written_is_plain_json(tmp_path: Path) -> None:
    kept(tmp_path)
    plain = json.loads((tmp_path / "measures.json").read_text(encoding="utf-8"))
    assert plain["format"] == "cleanaudit-measures-1"
