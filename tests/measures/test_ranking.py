"""Weighted sums, targets against today, and causes drafted from the data."""

import pytest

from app.assessment.indicator_system import Level
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.forms.answer import MISSING, AnswerBook, Change, Given, apply
from app.measures.causes import draft_changes, drafted
from tests.helpers.forms import printer_project, sample_book, sample_project
from tests.papers.test_two_walks import walked


def with_cells(
    cells: dict[str, str], rows: dict[str, tuple[str, ...]] | None = None
) -> AuditProject:
    book = sample_book()
    changes = tuple(
        Change(key, MISSING, Given(text) if text else MISSING) for key, text in cells.items()
    )
    return sample_project(apply(AnswerBook(book.answers, {**book.rows, **(rows or {})}), changes))


FACTORS = ("waste", "consumption", "cost", "market", "willing")
SHOPS = {"a": (8, 6, 9, 5, 7), "b": (5, 10, 4, 6, 9), "c": (3, 4, 2, 8, 10)}


def focus(**more: str) -> AuditProject:
    cells = {f"focus.candidates/{row}/name": f"{row} 车间" for row in SHOPS}
    for row, scores in SHOPS.items():
        for factor, score in zip(FACTORS, scores, strict=True):
            cells[f"focus.candidates/{row}/r_{factor}"] = str(score)
    cells |= {"focus.w_consumption": "9", **{k.replace("__", "/"): v for k, v in more.items()}}
    return with_cells(cells, {"focus.candidates": tuple(SHOPS)})


def test_the_ranking_of_the_shared_example() -> None:
    derivation = focus().derivation
    totals = {row: derivation.cell("focus.candidates", row, "total").value for row in SHOPS}
    assert totals == {"a": 245, "b": 220, "c": 142}
    ranks = [derivation.cell("focus.candidates", row, "rank").words for row in SHOPS]
    assert ranks == ["第 1", "第 2", "第 3"]


def test_a_mandatory_reason_is_always_in_whatever_its_score() -> None:
    derivation = focus(**{"focus.candidates__c__must": "toxic"}).derivation
    assert derivation.cell("focus.candidates", "c", "rank").words == "必须纳入，第 3"
    alone = focus(
        **{"focus.candidates__c__must": "toxic", "focus.candidates__c__r_cost": ""}
    ).derivation
    assert alone.cell("focus.candidates", "c", "rank").words == "必须纳入"


def test_screening_ranks_ties_alike_and_excluded_ones_not_at_all() -> None:
    scores = {"ZG1": (8, 9, 9, 7, 8), "WD3": (9, 6, 9, 9, 10), "WD9": (8, 9, 9, 7, 8)}
    columns = ("technical", "environment", "economic", "ease", "product")
    cells = {
        f"measures.screening/{row}/{column}": str(score)
        for row, own in scores.items()
        for column, score in zip(columns, own, strict=True)
    }
    derivation = with_cells(cells).derivation
    total = derivation.cell("measures.screening", "ZG1", "total")
    assert total.value == 8 * 7 + 9 * 10 + 9 * 9 + 7 * 5 + 8 * 4 == 294
    assert derivation.cell("measures.screening", "WD3", "total").value == 289
    ranks = {row: derivation.cell("measures.screening", row, "rank").words for row in scores}
    assert ranks == {"ZG1": "1", "WD9": "1", "WD3": "3"}
    half = with_cells({**cells, "measures.screening/WD4/ease": ""}).derivation
    assert half.cell("measures.screening", "WD4", "total").missing, (
        "half a set of scores is no score"
    )
    out = with_cells({**cells, "measures.screening/ZG1/excluded": "用到淘汰类工艺"}).derivation
    assert out.cell("measures.screening", "ZG1", "verdict").words == "不可行"
    assert out.cell("measures.screening", "ZG1", "rank").not_applicable
    assert out.cell("measures.screening", "WD9", "rank").words == "1"
    assert derivation.cell("measures.screening", "ZG1", "verdict").words == "初步可行，做可行性分析"


def test_own_weights_replace_the_defaults() -> None:
    cells = {
        f"measures.screening/ZG1/{c}": "10"
        for c in ("technical", "environment", "economic", "ease", "product")
    }
    usual = with_cells(cells).derivation.cell("measures.screening", "ZG1", "total").value
    own = with_cells({**cells, "screening.w_ease": "1"}).derivation
    assert usual == 350
    assert own.cell("measures.screening", "ZG1", "total").value == 310


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({}, "比现状低 24.5%"),
        ({"targets.list/r1/now": "28"}, "现状和账单算的 31.80 不一样"),
        ({"targets.list/r1/near": "33"}, "目标比现状还差"),
        ({"targets.list/r1/near": "31.80"}, "和现状一样，等于没定"),
        ({"targets.list/r1/far": "26"}, "远期还不如近期"),
        ({"targets.list/r1/far": "40"}, "远期和近期方向相反"),
        ({"targets.list/r2/near": "30"}, None),
    ],
)
def test_targets_are_never_worse_than_today(cells: dict[str, str], words: str | None) -> None:
    derivation = with_cells(cells).derivation
    row = "r2" if words is None else "r1"
    assert derivation.cell("targets.list", row, "check").words == (words or "目标比现状还差")


def test_causes_come_from_the_data_and_never_overwrite() -> None:
    project = sample_project()
    said = drafted(project, assess_project(project), Level.II)
    assert "单位产品每次清洗取水量 31.80 L/m²，没到Ⅱ级的 24" in "".join(said.values())
    assert "镍买了没镀上去 2,133 kg" in said["waste"]
    assert "总表减各分表 620 m³，占取水 1.16%" in said["management"]
    assert "staff" not in said, "nothing is invented where the data say nothing"
    assert draft_changes(project, assess_project(project), Level.II) == ()
    empty = with_cells({f"causes.aspects/{one}/seen": "" for one in said})
    changes = draft_changes(empty, assess_project(empty), Level.II)
    assert {change.key.split("/")[1] for change in changes} == set(said)


def test_a_treatment_that_is_too_weak_is_a_cause() -> None:
    said = drafted(walked("furniture", voc__treatment="16", voc__hours="2000"), None, None)
    assert "效率 80 % 以上；现在用的去除率 16.0 %，不到 80 %" in said["waste"]
    assert (
        "初始排放速率" not in drafted(walked("furniture", voc__treatment="85"), None, None)["waste"]
    )


def test_a_printer_without_a_system_gets_causes_too() -> None:
    said = drafted(printer_project(), None, None)
    assert "溶剂型凹印油墨 9,200 kg" in said["materials_energy"]
    assert "早期系列" in said["equipment"]


def test_the_verdict_follows_the_code_where_nothing_was_chosen() -> None:
    """A kitchen's stoves at 12 万元 were called 「边审边改」 because nobody had said whether they cost money."""
    unsaid = with_cells({"measures.list/ZG4/level": ""})
    cell = unsaid.derivation.cell("measures.screening", "ZG4", "verdict")
    assert cell.words == "初步可行，做可行性分析"
