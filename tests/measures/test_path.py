"""The cheapest path: the sample shop's by hand, and the same as brute force on every small case."""

import json
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from pathlib import Path as Path_

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.__main__ import main
from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Level
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given
from app.measures.apply import combine, rescored, with_measures
from app.measures.model import Measure, measures_of
from app.measures.path import Path, find_path
from app.measures.path_search import Cancelled
from tests.helpers.forms import sample_book, sample_project

Row = Mapping[str, str]
FIVE: dict[str, Row] = {
    "ZG1": {
        "name": "三级逆流",
        "cost": "12.6",
        "water": "11600",
        "rinse": "11600",
        "drain": "11600",
    },
    "ZG2": {"name": "镍在线回收", "cost": "16.8", "nickel": "672"},
    "ZG3": {"name": "镀锌线改半自动", "cost": "58", "raises": "电镀生产线=Ⅱ"},
    "WD8": {"name": "自动加药", "cost": "6.8", "raises": "treatment-operation=II"},
    "WD9": {"name": "连续过滤", "cost": "3.2", "raises": "process-control=Ⅰ"},
}
_LIST = ("name", "cost", "raises", "where", "state", "saving")


def project_with(rows: Mapping[str, Row]) -> AuditProject:
    """The sample shop with these measures and no others."""
    book = sample_book()
    tables = ("measures.list", "measures.savings")
    answers = {k: one for k, one in book.answers.items() if k.split("/")[0] not in tables}
    for row_id, cells in rows.items():
        for column, text in cells.items():
            table = "measures.list" if column in _LIST else "measures.savings"
            answers[f"{table}/{row_id}/{column}"] = Given(text)
    return sample_project(AnswerBook(answers, {**book.rows, "measures.list": tuple(rows)}))


def path_of(rows: Mapping[str, Row], target: Level = Level.II, **options: tuple[str, ...]) -> Path:
    project = project_with(rows)
    return find_path(project, measures_of(project), target, **options)  # type: ignore[arg-type]


def codes(path: Path) -> tuple[str, ...]:
    assert path.best is not None, path.why_not
    return tuple(one.code for one in path.best.measures)


def test_the_sample_shop() -> None:
    path = path_of(FIVE)
    assert path.best is not None
    assert codes(path) == ("ZG1", "ZG2")
    assert path.best.cost == Fraction("29.4")
    assert path.best.assessment.index[Level.II] == Fraction("85.2")
    assert path.best.assessment.level is Level.II
    assert [(s.indicator_id, s.points) for s in path.steps] == [
        ("rinse-water-intake", 10),
        ("nickel-utilisation", Fraction("4.8")),
        ("water-reuse", Fraction("3.6")),
    ]
    assert [s.level_before for s in path.steps] == [Level.III] * 3
    assert path.steps[0].by == ("ZG1",)


def test_twelve_of_the_thirty_two_sets_reach_it() -> None:
    project = project_with(FIVE)
    measures = measures_of(project)
    reaching = [
        {one.code for one in some}
        for size in range(6)
        for some in combinations(measures, size)
        if rescored(project, some).level is Level.II
    ]
    assert len(reaching) == 12
    assert {"ZG1", "ZG3"} in reaching


def test_excluding_and_requiring() -> None:
    assert codes(path_of(FIVE, without=("ZG2",))) == ("ZG1", "ZG3")
    assert codes(path_of(FIVE, required=("WD9",))) == ("ZG1", "ZG2", "WD9")
    assert "单位产品每次清洗取水量" in path_of(FIVE, without=("ZG1",)).why_not
    dropped = {**FIVE, "ZG2": {**FIVE["ZG2"], "state": "dropped"}}
    assert codes(path_of(dropped)) == ("ZG1", "ZG3")


def test_what_is_there_already_costs_nothing() -> None:
    path = path_of(FIVE, Level.III)
    assert path.best is not None
    assert not path.best.measures
    assert path.best.cost == 0
    assert not path.steps


def test_a_level_out_of_reach_is_explained() -> None:
    path = path_of(FIVE, Level.I)
    assert path.best is None
    assert "单位产品每次清洗取水量（只到Ⅱ）" in path.why_not
    assert "YⅠ" in path.why_not


def test_an_open_investment_is_left_out_and_said() -> None:
    rows = {**FIVE, "ZG2": {k: v for k, v in FIVE["ZG2"].items() if k != "cost"}}
    path = path_of(rows)
    assert codes(path) == ("ZG1", "ZG3")
    assert [one.code for one in path.unpriced] == ["ZG2"]
    assert "ZG3" not in path_of(rows, without=("ZG3",)).why_not
    assert "镍在线回收" in path_of(rows, without=("ZG3",)).why_not


def test_ties_and_what_costs_nothing() -> None:
    rows = {
        "WD1": {"name": "甲", "cost": "0", "raises": "电镀生产线=Ⅱ"},
        "WD2": {"name": "乙", "cost": "0", "raises": "电镀生产线=Ⅱ"},
        "ZG1": FIVE["ZG1"],
    }
    path = path_of(rows)
    assert path.best is not None
    assert codes(path) == ("WD1", "ZG1"), "the first of two equal ones"
    assert [[one.code for one in plan.measures] for plan in path.alternatives] == [["WD2", "ZG1"]]


def test_no_saving_above_the_stream() -> None:
    rows = {"ZG1": {**FIVE["ZG1"], "rinse": "50000"}, "ZG3": FIVE["ZG3"]}
    path = path_of(rows)
    assert path.best is None
    (measure, _) = measures_of(project_with(rows))
    assert "比全年的 41,600 m³ 还多" in str(measure.problems[0])


def test_two_measures_on_one_stream_are_not_simply_added() -> None:
    rows = {
        "WD1": {"name": "甲", "cost": "1", "rinse": "10400"},
        "WD2": {"name": "乙", "cost": "1", "rinse": "10400"},
    }
    project = project_with(rows)
    both = combine(project, measures_of(project))
    assert both.saved["rinse"] == 18200  # a quarter, then a quarter of the three left
    assert both.overlap["rinse"] == 2600
    apart = {name: {**row, "where": name} for name, row in rows.items()}
    project = project_with(apart)
    assert combine(project, measures_of(project)).saved["rinse"] == 20800


def test_savings_of_different_places_cannot_exceed_the_whole() -> None:
    rows = {
        f"WD{n}": {"name": f"第{n}处", "cost": "1", "rinse": "30000", "where": f"{n} 号线"}
        for n in (1, 2)
    }
    rows["ZG3"] = FIVE["ZG3"]  # type: ignore[assignment]
    project = project_with(rows)
    assert combine(project, measures_of(project)).overdrawn[0].stream.id == "rinse"
    path = path_of(rows)
    assert codes(path) == ("WD1", "ZG3")


def test_conservation_what_is_taken_is_what_is_saved() -> None:
    project = project_with(FIVE)
    after = with_measures(project, measures_of(project))
    assert project.derivation.figure("water.rinse").value == 41600
    assert after.derivation.figure("water.rinse").value == 30000
    assert after.derivation.figure("water.intake").value == 53620 - 11600
    assert after.book.number("plating.metals/nickel/bought") == 12845 - 672


def test_a_row_that_does_not_apply_gives_nothing_and_stays() -> None:
    project = project_with(FIVE)
    key = "water.units/r3/drain"
    book = AnswerBook({**project.book.answers, key: NotApplicable("没有排水")}, project.book.rows)
    after = with_measures(sample_project(book), measures_of(sample_project(book)))
    assert after.book.get(key) == NotApplicable("没有排水")


def test_it_can_be_stopped() -> None:
    project = project_with(FIVE)
    with pytest.raises(Cancelled):
        find_path(project, measures_of(project), Level.II, watch=lambda tried: tried < 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("电镀生产线要求", "看不懂"),
        ("没有这项=Ⅱ", "没有指标叫"),
        ("电镀生产线=Ⅳ", "不能做到"),
        ("镍利用率=Ⅱ", "这项是数"),
        ("利用率=88", "不止一项"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, words: str) -> None:
    (measure,) = measures_of(project_with({"r1": {"name": "甲", "raises": text}}))
    assert words in str(measure.problems[0])
    assert measure.raises == {}


# -- brute force

COSTS = st.sampled_from(("0", "1", "2.5", "3", "7.25", "12"))
EFFECTS = st.fixed_dictionaries(
    {},
    optional={
        "rinse": st.sampled_from(("2000", "5200", "10400", "11600", "-3000")),
        "water": st.sampled_from(("2000", "11600")),
        "reused": st.sampled_from(("1500", "6000")),
        "nickel": st.sampled_from(("100", "300", "672", "-400")),
        "zinc": st.sampled_from(("200", "700")),
        "raises": st.sampled_from(
            (
                "电镀生产线=Ⅱ",
                "treatment-operation=Ⅱ;process-control=Ⅰ",
                "有节水设施=Ⅰ",
                "treatment-operation=Ⅰ",
            )
        ),
        "where": st.sampled_from(("一线", "二线")),
    },
)
ROWS = st.lists(st.tuples(COSTS, EFFECTS), min_size=1, max_size=6)


def brute_force(
    project: AuditProject, measures: tuple[Measure, ...], target: Level
) -> Fraction | None:
    best = None
    for size in range(len(measures) + 1):
        for some in combinations(measures, size):
            if combine(project, some).overdrawn:
                continue
            span = rescored(project, some).level_range
            if span is not None and span[1] <= target:
                cost = sum((one.cost or Fraction(0) for one in some), Fraction(0))
                best = cost if best is None else min(best, cost)
    return best


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_the_same_as_brute_force(drawn: list[tuple[str, dict[str, str]]]) -> None:
    rows = {
        f"r{n}": {"name": f"方案{n}", "cost": cost, **effects}
        for n, (cost, effects) in enumerate(drawn, 1)
    }
    project = project_with(rows)
    measures = measures_of(project)
    costs = {}
    for target in (Level.II, Level.I):
        path = find_path(project, measures, target)
        expected = brute_force(project, measures, target)
        assert (None if path.best is None else path.best.cost) == expected
        costs[target] = expected
        if path.best is None:
            assert path.why_not
            continue
        after = assess_project(with_measures(project, path.best.measures))
        assert after.level_range is not None
        assert after.level_range[1] <= target
        assert all(
            path.best.cost <= one.cost <= path.best.cost * Fraction(11, 10)
            for one in path.alternatives
        )
    first, second = costs[Level.I], costs[Level.II]
    if first is not None:
        assert second is not None
        assert second <= first, "a better level is never cheaper"


def test_the_command(tmp_path: Path_, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        status = main(list(arguments))
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, status, said.out, said.err)

    assert run("sample", str(tmp_path), "--after").returncode == 0
    file = str(tmp_path / "澄岭五金 审核前.cpaudit")
    done = run("path", file, "--to", "II", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert list(said)[:7] == [
        "reachable", "cost", "measures", "indicators", "index_after", "alternatives", "why_not",
    ]  # fmt: skip
    assert said["reachable"] is True
    assert Fraction(said["cost"]) == Fraction("29.4")
    assert said["measures"] == ["ZG1", "ZG2"]
    assert Fraction(said["index_after"]["II"]) == Fraction("85.2")
    changed = {one["id"]: (one["from"], one["to"]) for one in said["indicators"]}
    assert changed["rinse-water-intake"] == ("III", "II")
    unknown = run("path", file, "--without", "ZG9")
    assert unknown.returncode == 2
    assert "没有方案「ZG9」" in unknown.stderr
    other = run("path", str(tmp_path / "绘川包装.cpaudit"), "--to", "II", "--json")
    assert other.returncode == 0
    assert "没有选指标体系" in json.loads(other.stdout)["why_not"]
    results = run("results", str(tmp_path / "澄岭五金 审核后.cpaudit"))
    assert results.returncode == 0, results.stderr
    plain = json.loads(results.stdout)
    assert plain["level"] == {"before": "III", "after": "II"}
    assert Fraction(plain["index"]["after"]["II"]) == Fraction("86.8")
    assert len(plain["columns"]) == 21
    assert plain["problems"] == []
    options = run("options", "空压机", "余热")
    assert "OPT-EN-007" in options.stdout
    offered = run("options", "--for", file)
    assert "因为：" in offered.stdout


def test_too_many_measures_for_a_document_without_a_model_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.measures.path._MOST_SETS", 5)
    monkeypatch.setattr("app.measures.path._is_modelled", lambda _search: False)
    path = path_of(FIVE)
    assert path.best is None
    assert "还没有定论" in path.why_not
    assert len(path.reasons) == 1  # one reason, though its words have a 「；」


def test_without_a_model_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.measures.path._is_modelled", lambda _search: False)
    assert codes(path_of(FIVE)) == ("ZG1", "ZG2")
