"""Several tables for one firm: chosen and weighted through the window's functions, scored from the audit's file."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from app.assessment.indicator_system import IndicatorSystem, Level
from app.audit.findings import table_weight_key
from app.errors import UserError
from app.forms.answer import Answer, AnswerBook, Change, Given, indicator_key
from app.services.projects import Projects
from app.services.scoring import score_case, score_text
from app.services.session import AuditSession
from app.services.tables import (
    available_tables,
    choice_changes,
    choice_problems,
    chosen_tables,
    table_choices,
)
from app.standards.system_json import system_to_json
from app.standards.yaml_source import load_system_file
from app.storage.catalogue_store import Catalogue, open_catalogue
from app.storage.contents import FrozenSystem
from app.storage.opening import create

ROOT = Path(__file__).parents[2]
SYSTEMS = ROOT / "tests" / "cases" / "systems"
OPEN = load_system_file(SYSTEMS / "open-tables.yaml").system
KNOWN = load_system_file(SYSTEMS / "two-tables.yaml").system
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ALL = ("one", "two", "management")
ANSWERS: Mapping[str, Answer] = {
    indicator_key("one", "a1"): Given("1"),
    indicator_key("one", "a2"): Given("5"),
    indicator_key("two", "b1"): Given("1"),
    indicator_key("management", "c1"): Given("30"),
}


@pytest.fixture(scope="module")
def catalogue(catalogue_file: Path) -> Catalogue:
    return open_catalogue(catalogue_file)


@pytest.fixture
def projects(catalogue: Catalogue) -> Iterator[Projects]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield Projects(catalogue, executor, lambda: NOW)


def audit(
    path: Path, catalogue: Catalogue, system: IndicatorSystem, table: str, *more: tuple[str, str]
) -> Path:
    """An audit file that holds `ANSWERS` and is scored with `system`."""
    book = AnswerBook(
        {
            **ANSWERS,
            "audit.system": Given(system.id),
            "audit.table": Given(table),
            **{key: Given(text) for key, text in more},
        }
    )
    create(
        path,
        answers=book,
        system=FrozenSystem(system.id, system_to_json(system)),
        meta={"audit_id": "a1", "questionnaire": catalogue.sample("chengling").questionnaire_id},
        who="黄淑仪",
        when=NOW,
    ).close()
    return path


def choose(session: AuditSession, tables: tuple[str, ...], **weights: str) -> None:
    session.record(choice_changes(session.project, tables, weights), "选表").result()


def test_tables_are_offered_with_what_the_document_says(catalogue: Catalogue) -> None:
    one, two, management = available_tables(KNOWN)
    assert (one.id, one.title, one.indicators, one.weight) == ("one", "工序一", 2, Fraction(1, 2))
    assert one.together == ("two", "management")
    assert (one.always, management.always) == (False, True)
    assert two.printed == "按实有工序与管理表合并"
    assert [table.weight for table in available_tables(OPEN)] == [None, None, Fraction(1, 5)]
    alone = available_tables(catalogue.system("electroplating-2015"))
    assert len(alone) > 1
    assert not any(table.together or table.always for table in alone)


def test_chosen_tables_are_scored_from_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    known = score_case(audit(tmp_path / "已知.cpaudit", catalogue, KNOWN, "+".join(ALL)), catalogue)
    assert known["table"] == "one+two+management"
    assert known["index"] == {"I": "175/2", "II": "175/2", "III": "175/2"}
    assert known["level"] == "I"
    unknown = audit(tmp_path / "未知.cpaudit", catalogue, OPEN, "+".join(ALL))
    plain = score_case(unknown, catalogue)
    assert plain["index_range"] == {level: ["80", "100"] for level in ("I", "II", "III")}
    assert plain["level_range"] == ["I", "none"]
    assert plain["why_not_scored"] == "各表合并的权重没有收录全"
    own = audit(
        tmp_path / "自填.cpaudit",
        catalogue,
        OPEN,
        "+".join(ALL),
        ("table_weight/one", "0.4"),
        ("table_weight/two", "0.4"),
    )
    assert score_case(own, catalogue)["index"] == {"I": "90", "II": "90", "III": "90"}
    assert "各表怎么合并文件没有收录，用的是自己填的权重" in score_text(own, catalogue)


def test_tables_the_system_does_not_have_are_refused(
    catalogue: Catalogue, projects: Projects, tmp_path: Path
) -> None:
    path = audit(tmp_path / "缺表.cpaudit", catalogue, OPEN, "one+three")
    with pytest.raises(UserError, match=r"案卷选的表「one\+three」体系里没有"):
        score_case(path, catalogue)
    with pytest.raises(UserError, match=r"案卷选的表「one\+three」体系里没有"):
        projects.open_audit(path)
    path = audit(tmp_path / "不合并.cpaudit", catalogue, OPEN, "one+two")
    with pytest.raises(UserError, match="没有这样合并"):
        score_case(path, catalogue)


def test_tables_are_chosen_weighted_and_undone(
    catalogue: Catalogue, projects: Projects, tmp_path: Path
) -> None:
    path = audit(tmp_path / "甲.cpaudit", catalogue, OPEN, "one")
    with closing(projects.open_audit(path)) as session:
        assert session.assessment is not None
        assert session.assessment.index[Level.I] == 75
        assert [(one.id, one.part, one.asks) for one in chosen_tables(session.project)] == [
            ("one", Fraction(1), False)
        ]
        choose(session, ALL)
        assert session.assessment.level_range == (Level.I, Level.NONE)
        parts = chosen_tables(session.project)
        assert [one.part for one in parts] == [None, None, Fraction(1, 5)]
        assert [one.asks for one in parts] == [True, True, False]
        choose(session, ALL, one="40%", two="４０％")
        assert session.assessment.index[Level.I] == 90
        assert session.book.get(table_weight_key("one")) == Given("0.4", raw="40%")
        assert [one.part for one in chosen_tables(session.project)] == [
            Fraction(2, 5), Fraction(2, 5), Fraction(1, 5)
        ]  # fmt: skip
        # One part less leaves nothing behind, and what was answered for its rows is there again later.
        choose(session, ("one", "management"), one="0.8")
        assert session.book.text(table_weight_key("two")) == ""
        assert session.assessment.index[Level.I] == 80
        assert session.project.indicator_key("a2") == indicator_key("one", "a2")
        session.undo()
        assert session.assessment.index[Level.I] == 90
        assert session.assessment.judgement("b1").reached is Level.I
    assert score_case(path, catalogue)["index"] == {"I": "90", "II": "90", "III": "90"}
    _, printed = projects.load(path)
    assert printed is not None
    assert printed.index[Level.I] == 90


@pytest.mark.parametrize(
    ("tables", "weights", "said"),
    [
        ((), {}, "一张表也没有选"),
        (("one", "two"), {}, "这份文件没有这样合并几张表"),
        (ALL, {"one": "0.4", "two": "0.3"}, "各表的权重加起来是 0.9，不是 1"),
        (ALL, {"one": "0.9"}, "各表的权重加起来是 1.1，不是 1"),
        (ALL, {"management": "0.2"}, "文件已经给了这张表的权重"),
        (ALL, {"one": "40"}, "权重「40」不是 0 到 1 的数"),
        (ALL, {"one": "四成"}, "权重「四成」不是 0 到 1 的数"),
        (ALL, {"one": "2/5"}, "权重「2/5」不是 0 到 1 的数"),
        (ALL, {"one": "-0.1"}, "权重「-0.1」不是 0 到 1 的数"),
    ],
)
def test_what_does_not_go_is_said_and_not_recorded(
    catalogue: Catalogue,
    projects: Projects,
    tmp_path: Path,
    tables: tuple[str, ...],
    weights: dict[str, str],
    said: str,
) -> None:
    (problem,) = choice_problems(OPEN, tables, weights)
    assert problem.what == said
    with (
        closing(
            projects.open_audit(audit(tmp_path / "甲.cpaudit", catalogue, OPEN, "one"))
        ) as session,
        pytest.raises(UserError, match=said),
    ):
        choice_changes(session.project, tables, weights)


def test_every_fault_of_the_parts_is_said_at_once() -> None:
    assert len(choice_problems(OPEN, ALL, {"one": "5", "two": "x"})) == 2
    assert choice_problems(OPEN, ALL, {"one": " ", "two": ""}) == ()


def test_parts_that_a_newer_copy_prints_are_not_used_and_that_is_said(
    catalogue: Catalogue, projects: Projects, tmp_path: Path
) -> None:
    path = audit(
        tmp_path / "甲.cpaudit",
        catalogue,
        OPEN,
        "+".join(ALL),
        ("table_weight/one", "0.4"),
        ("table_weight/two", "0.4"),
    )
    newer = replace(OPEN, combinations=KNOWN.combinations)
    with closing(projects.open_audit(path)) as session:
        session.adopt(OPEN.id, system_to_json(newer), "+".join(ALL), "新的一版")
        assert session.assessment is not None
        assert session.assessment.index[Level.I] == Fraction(175, 2)
        assert session.assessment.warnings[0].startswith("自己填的各表权重没有用上")
        assert [one.part for one in chosen_tables(session.project)] == [
            Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)
        ]  # fmt: skip


def test_an_answer_of_another_table_is_not_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    """Tables of one document may have rows of the same id; each keeps its own answers."""
    path = audit(tmp_path / "甲.cpaudit", catalogue, KNOWN, "two")
    assert score_case(path, catalogue)["index"] == {"I": "100", "II": "100", "III": "100"}


def test_coating_is_chosen_with_its_management_table(
    catalogue: Catalogue, projects: Projects, tmp_path: Path
) -> None:
    system = catalogue.system("coating-2016")
    path = audit(tmp_path / "涂装.cpaudit", catalogue, system, system.tables[0].id)
    together = [table for table in available_tables(system) if table.together]
    assert {table.id for table in together} == {"spray-painting", "management"}
    with closing(projects.open_audit(path)) as session:
        changes = choice_changes(session.project, ("spray-painting", "management"), {})
        assert [change.key for change in changes if isinstance(change, Change)] == ["audit.table"]
        session.record(changes, "选表").result()
        assert session.assessment is not None
        # our copy lacks its weights: the front door says 只作对照, and so no level is given
        assert session.assessment.level_range is None
        assert session.assessment.index_range == {}
        assert session.assessment.why_not_scored.startswith("这份体系没有收录全，只作对照")
        assert "各表合并的权重没有收录全" in session.assessment.why_not_scored


def test_every_way_to_put_tables_together_can_be_chosen(catalogue: Catalogue) -> None:
    assert [name for name, _ in table_choices(KNOWN)] == [
        "one", "two", "management", "one+management", "two+management", "one+two+management",
    ]  # fmt: skip
    assert dict(table_choices(OPEN))["one+two+management"].count("＋") == 2
    plain = catalogue.system("electroplating-2015")
    assert [name for name, _ in table_choices(plain)] == [table.id for table in plain.tables]


def test_the_next_round_begins_with_the_tables_and_weights_of_the_last(
    catalogue: Catalogue, projects: Projects
) -> None:
    given = {
        "audit.base_year": "2025",
        "audit.system": "coating-2016",
        "audit.table": "spray-painting+management",
        "table_weight/management": "0.3",
        "table_weight/spray-painting": "0.7",
    }
    last = AnswerBook({key: Given(text) for key, text in given.items()})
    questionnaire_id = catalogue.sample("chengling").questionnaire_id
    book, _ = projects.carry_over(last, questionnaire_id)
    assert [book.text(key) for key in list(given)[1:]] == list(given.values())[1:]
    gone = AnswerBook({**last.answers, "audit.table": Given("powder+management")})
    book, _ = projects.carry_over(gone, questionnaire_id)
    assert book.text("audit.system") == "coating-2016"
    assert book.text("audit.table") == ""
