"""Compliance answered by level is held against the firm's own data, in every document that asks for it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.assessment.finding import Missing, NotApplicable, Reached
from app.assessment.indicator_system import IndicatorKind, Level, Requirement
from app.audit.contradictions import answers_in_doubt
from app.audit.findings import assess_project, finding_of
from app.audit.project import AuditProject, build_project
from app.forms.answer import Answer, AnswerBook, Given, indicator_key
from app.forms.quantity import SUBJECTS, DerivationMap
from app.measures.apply import with_changes
from app.papers.audit_report import build_report
from app.papers.document import State
from app.services.scoring import assessment_to_plain
from tests.helpers.cases import read_yaml
from tests.helpers.forms import (
    sample_project,
    shipped_forms,
    shipped_rules,
    shipped_system,
    with_answer,
)
from tests.helpers.papers import said_by
from tests.helpers.resource_systems import FOLDER

DATA = read_yaml(Path(__file__).with_name("held_against.yaml"))
HELD = [
    (system_id, table_id, indicator_id, word)
    for system_id, tables in shipped_forms().derivations.items()
    for table_id, rows in tables.held.items()
    for indicator_id, words in rows.items()
    for word in words
]


def project(
    system_id: str,
    table_id: str,
    answers: dict[str, Any],
    derivations: DerivationMap | None = None,
) -> AuditProject:
    given: dict[str, Answer] = {
        key: NotApplicable(value["na"]) if isinstance(value, dict) else Given(str(value))
        for key, value in {"audit.base_year": "2025", **answers}.items()
        if value != ""
    }
    rows: dict[str, list[str]] = {}
    for key in given:
        if key.count("/") == 2 and not key.startswith("indicator/"):
            table, row, _ = key.split("/")
            if row not in rows.setdefault(table, []):
                rows[table].append(row)
    forms = shipped_forms()
    return build_project(
        AnswerBook(given, {table: tuple(ids) for table, ids in rows.items()}),
        forms.questionnaires["industry"],
        forms.quantities,
        forms.factors,
        system=shipped_system(system_id),
        table_id=table_id,
        derivation_map=derivations or forms.derivations[system_id],
        rules=shipped_rules(),
    )


@pytest.mark.parametrize(("system_id", "table_id", "indicator_id", "word"), HELD)
def test_a_claim_is_open_beside_data_that_speak_against_it(
    system_id: str, table_id: str, indicator_id: str, word: str
) -> None:
    subject, _, upto = word.partition(" ")
    case = DATA["cases"][subject]
    key = indicator_key(table_id, indicator_id)
    against = project(system_id, table_id, {**case["set"], key: "I"})
    finding = finding_of(against, indicator_id)
    assert isinstance(finding, Missing)
    assert finding.doubt is not None
    assert case["words"] in finding.doubt.facts_text
    assert finding.doubt.said is Level.I
    told = assess_project(against)
    assert indicator_id in told.missing
    assert indicator_id not in told.blank
    assert any(case["words"] in one for one in told.warnings)
    # who says it is not met is believed, and so is a claim without such data
    unmet = project(system_id, table_id, {**case["set"], key: "none"})
    assert finding_of(unmet, indicator_id) == Reached(Level.NONE)
    assert finding_of(project(system_id, table_id, {key: "I"}), indicator_id) == Reached(Level.I)
    if "not" in case:
        kept = project(system_id, table_id, {**case["set"], **case["not"], key: "I"})
        mine = shipped_forms().derivations[system_id].held[table_id][indicator_id]
        if mine == (word,):
            assert finding_of(kept, indicator_id) == Reached(Level.I)
    if upto == "I":
        lower = project(system_id, table_id, {**case["set"], key: "II"})
        assert finding_of(lower, indicator_id) == Reached(Level.II)
    # an audit frozen before any of this was held against data keeps its result
    tables = shipped_forms().derivations[system_id]
    old = DerivationMap(system_id, tables.indicators, tables.variables, tables.outputs)
    frozen = project(system_id, table_id, {**case["set"], key: "I"}, old)
    assert finding_of(frozen, indicator_id) == Reached(Level.I)


def claims() -> Iterator[tuple[str, str, str]]:
    """Every indicator answered by level whose requirement speaks of compliance."""
    words = re.compile(DATA["words"])
    for system_id in sorted(path.stem for path in FOLDER.glob("*.yaml")):
        for table in shipped_system(system_id).tables:
            for row in table.indicators():
                texts = [
                    one.text for one in row.benchmarks.values() if isinstance(one, Requirement)
                ]
                if row.kind is IndicatorKind.QUALITATIVE and words.search(
                    " ".join((row.name, *texts))
                ):
                    yield system_id, table.id, row.id


def test_every_claim_of_compliance_is_held_against_data_or_listed_with_its_reason() -> None:
    forms = shipped_forms()
    for system_id, table_id, indicator_id in claims():
        tables = forms.derivations.get(system_id)
        held = {} if tables is None else tables.held.get(table_id, {})
        listed = DATA["not_held"].get(system_id, {})
        assert (indicator_id in held) is (indicator_id not in listed), (system_id, indicator_id)


def test_the_maps_name_rows_of_their_documents_and_every_subject_has_a_case() -> None:
    for system_id, table_id, indicator_id, _ in HELD:
        rows = {row.id for row in shipped_system(system_id).table(table_id).indicators()}
        assert indicator_id in rows
    assert set(DATA["cases"]) == SUBJECTS


def test_the_sample_is_open_with_its_reason_until_answer_and_data_agree() -> None:
    good = assess_project(sample_project())
    assert good.level is not None
    book = with_answer(sample_project().book, "env.monitoring/r1/result", "95")
    over = assess_project(sample_project(book))
    assert over.level is None
    assert "legal-compliance" in over.doubts
    key = "indicator/general-plating/legal-compliance"
    admitted = assess_project(sample_project(with_answer(book, key, "none")))
    assert admitted.level is Level.NONE
    assert not admitted.doubts


def test_totals_of_years_before_and_results_before_the_base_year_say_nothing_of_it() -> None:
    key = indicator_key("general-plating", "legal-compliance")
    for changes in (
        {"env.totals/a/name": "COD", "env.totals/a/permitted": "3.6", "env.totals/a/y1": "3.7"},
        {**DATA["cases"]["limits"]["set"], "env.monitoring/a/date": "2024-11-03"},
    ):
        found = project("electroplating-2015", "general-plating", {**changes, key: "I"})
        assert finding_of(found, "legal-compliance") == Reached(Level.I)


def test_what_a_plan_raises_is_believed_and_what_was_carried_out_is_held_against_the_last_results() -> (
    None
):
    table = "general-plating"
    key = indicator_key(table, "legal-compliance")
    before = {**DATA["cases"]["limits"]["set"], key: "none"}
    plan = with_changes(
        project("electroplating-2015", table, before), {}, {"legal-compliance": "I"}
    )
    assert finding_of(plan, "legal-compliance") == Reached(Level.I)
    done = replace(plan, is_measured=True)
    assert isinstance(finding_of(done, "legal-compliance"), Missing)
    again = {
        key.replace("/a/", "/b/"): value for key, value in DATA["cases"]["limits"]["set"].items()
    }
    again |= {"env.monitoring/b/date": "2026-10-11", "env.monitoring/b/result": "61"}
    later = project("electroplating-2015", table, {**before, **again})
    done = replace(with_changes(later, {}, {"legal-compliance": "I"}), is_measured=True)
    assert finding_of(done, "legal-compliance") == Reached(Level.I)


def test_the_paper_says_it_where_it_prints_the_answer_and_gives_no_level() -> None:
    book = with_answer(sample_project().book, "env.monitoring/r1/result", "95")
    over = sample_project(book)
    assessment = assess_project(over)
    document = build_report(over, assessment, state=State.DRAFT, today=date(2026, 11, 29))
    said = "".join(said_by(page.blocks) for page in document.front)
    said += "".join(said_by(chapter.blocks) for chapter in document.chapters)
    against = "DW001 总排口 COD测得 95 mg/L，限值 80 mg/L"
    assert f"填报Ⅰ级，与数据不符：{against}" in said
    assert f"无（与数据不符：{against}）" in said
    assert "1 项指标的填报与数据不符，指数只能给出范围，等级未定" in said
    assert "所列监测各项达标，总量未超" not in said
    plain = assessment_to_plain(assessment, over.system)  # type: ignore[arg-type]
    assert plain["level"] is None
    assert plain["contradicted"] == {"legal-compliance": against}


def test_a_page_asks_about_penalties_denied_beside_an_exceedance() -> None:
    book = with_answer(sample_project().book, "env.monitoring/r1/result", "95")
    assert set(answers_in_doubt(sample_project(book).derivation)) == {"env.penalties"}
    assert answers_in_doubt(sample_project().derivation) == {}
    told = with_answer(book, "env.penalties", "yes")
    assert answers_in_doubt(sample_project(told).derivation) == {}
