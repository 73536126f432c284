"""What is typed from the print against what the library has: signs, ranges, shares, units; what another copy would change."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.assessment.indicator_system import Level, Limit, Span
from app.bootstrap import build_services
from app.errors import UserError
from app.services.checking import (
    Item,
    Outcome,
    check_item,
    compare,
    dispute_of,
    fields_of,
    items_of,
)
from app.services.services import Services
from app.services.session import ImmediateExecutor
from app.services.switching import switch_to
from app.services.system_editing import edit_cell, preview, take_in
from app.services.systems import change_system, undo_last_change
from app.standards.system_json import system_to_json
from app.standards.verification import Check, checked_alone, differing_values, verify_row

ID, TABLE, RINSE = "electroplating-2015", "general-plating", "rinse-water-intake"
FIRST = Check("何敏", "2026-11-22", "公告，第 3 页")
SECOND = Check("黄淑仪", "2026-11-23", "公告，第 3 页")
PRINTED = {"I": "8", "II": "24", "III": "40", "weight": "1", "limiting": "是", "unit": "L/m²"}


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


def item(services: Services, item_id: str) -> Item:
    items = items_of(services.catalogue.system(ID), TABLE)
    return next(one for one in items if one.id == item_id)


@pytest.mark.parametrize(
    ("field", "typed", "same"),
    [
        ("II", "24", True),
        ("II", "≤２４", True),
        ("II", "24.0", True),
        ("II", "<24", False),
        ("II", "≥24", False),
        ("II", "2.4", False),
        ("II", "—", False),
        ("II", "20~24", False),
        ("II", "24 L/m2", True),
        ("weight", "1", True),
        ("weight", "0.1", False),
        ("unit", "L/m2", True),
        ("unit", "m3/m2", False),
        ("unit", "升每平方", False),
        ("limiting", "是", True),
        ("limiting", "否", False),
    ],
)
def test_typed_values_compare_exactly(
    services: Services, field: str, typed: str, same: bool
) -> None:
    compared = compare(item(services, RINSE), field, typed)
    assert (compared.same, compared.problem) == (same, "")


@pytest.mark.parametrize("typed", ["", "约 24", "24？", "2,4"])
def test_what_is_not_understood_is_said_and_never_the_same(services: Services, typed: str) -> None:
    compared = compare(item(services, RINSE), "II", typed)
    assert compared.problem
    assert not compared.same


def test_a_shared_weight_is_typed_as_printed(services: Services) -> None:
    shared = next(
        one
        for one in items_of(services.catalogue.system(ID), TABLE)
        if one.row is not None and one.row.share is not None
    )
    assert compare(shared, "weight", "0.8/n").same
    assert compare(shared, "weight", "0.8").same
    assert not compare(shared, "weight", "0.7/n").same


def test_every_line_of_every_system_can_be_typed_as_the_library_has_it(services: Services) -> None:
    """Typing what is shown compares as the same, for all values any shipped document has."""
    unlike = []
    for summary in services.catalogue.systems():
        system = services.catalogue.system(summary.id)
        for table in system.tables:
            for one in items_of(system, table.id):
                for field in fields_of(system, one):
                    shown = compare(one, field.id, "x").ours
                    typed = "是" if field.id == "reading" else shown
                    if "未收录" in shown or "没有收录" in shown or "修正" in shown:
                        continue  # nothing printed is known, or the row is worked out per firm
                    compared = compare(one, field.id, typed)
                    if not compared.same:
                        unlike.append((summary.id, one.name, field.id, shown, compared.problem))
    assert unlike == []


def test_the_rules_and_first_level_weights_are_lines_too(services: Services) -> None:
    typed = {"I": "85", "II": "85", "III": "100", "reading": "是"}
    catalogue = services.catalogue
    assert check_item(catalogue, ID, TABLE, "method", typed, FIRST) is Outcome.VERIFIED
    assert catalogue.system(ID).method.provenance.checked_by == "何敏"
    with pytest.raises(UserError, match="打的是 90"):
        check_item(catalogue, ID, TABLE, "method", {**typed, "I": "90"}, SECOND)
    undo_last_change(catalogue, ID)
    assert catalogue.system(ID).method.provenance.checked_by == ""


def test_another_reading_needs_a_second_person(services: Services) -> None:
    catalogue = services.catalogue
    other = {**PRINTED, "II": "22"}
    assert check_item(catalogue, ID, TABLE, RINSE, other, FIRST) is Outcome.KEPT_BOTH
    row = item(services, RINSE).row
    assert row is not None
    assert row.benchmarks[Level.II] == Limit(Fraction(24))
    dispute = dispute_of(row)
    assert dispute is not None
    assert (dispute.by, dispute.typed) == ("何敏", {"II": "≤ 22"})
    assert check_item(catalogue, ID, TABLE, RINSE, PRINTED, SECOND) is Outcome.VERIFIED
    row = item(services, RINSE).row
    assert row is not None
    assert dispute_of(row) is None
    assert "≤ 22" in row.extras["核对经过"]
    assert check_item(catalogue, ID, TABLE, RINSE, PRINTED, FIRST) is Outcome.CONFIRMED
    with pytest.raises(UserError, match="另一个人"):
        check_item(catalogue, ID, TABLE, RINSE, PRINTED, SECOND)


def test_missing_fields_are_all_named(services: Services) -> None:
    with pytest.raises(UserError) as caught:
        check_item(services.catalogue, ID, TABLE, RINSE, {"I": "8"}, FIRST)
    assert len(caught.value.problems) == 5


def test_states_alone_are_no_difference(services: Services) -> None:
    system = services.catalogue.system(ID)
    checked = verify_row(system, TABLE, RINSE, FIRST)
    assert differing_values(system, checked, TABLE) == ()
    changed = edit_cell(checked, TABLE, RINSE, "II", "23~24", "何敏改")
    assert differing_values(system, changed, TABLE) == ("单位产品每次清洗取水量",)
    row = next(one for one in changed.table(TABLE).indicators() if one.id == RINSE)
    assert row.benchmarks[Level.II] == Span(Fraction(23), Fraction(24))
    assert row.provenance.checked_by == ""
    shorter = replace(system, tables=system.tables[1:])
    assert differing_values(system, shorter, TABLE) == ("这张表",)


def test_another_system_is_worked_out_without_touching_the_audit(
    services: Services, tmp_path: Path
) -> None:
    files = services.projects.sample(tmp_path)
    session = services.projects.open_audit(files[1])
    before = session.project.system_hash, session.book
    switch = switch_to(services.projects, session, services.catalogue, ID, "anodizing")
    assert (session.project.system_hash, session.book) == before
    assert switch.comparison is not None
    assert switch.comparison.old == session.assessment
    rows = {row.id for row in switch.table.indicators()}
    assert {*switch.carried, *switch.again} <= rows
    session.adopt(ID, switch.system_json, "anodizing", "改用表 2", switch.changes)
    assert session.assessment is not None
    assert set(session.assessment.missing) == set(switch.again)
    level = session.assessment.level_range
    assert level == switch.comparison.new.level_range
    session.undo()
    assert session.book == before[1]
    session.close()


def test_a_newer_copy_in_the_library_leaves_the_audit_alone(
    services: Services, tmp_path: Path
) -> None:
    files = services.projects.sample(tmp_path)
    first = services.projects.open_audit(files[1])
    digest = first.project.system_hash
    first.close()
    change_system(services.catalogue, ID, lambda one: verify_row(one, TABLE, RINSE, FIRST))
    again = services.projects.open_audit(files[1])
    assert again.project.system_hash == digest
    again.adopt(ID, services.catalogue.system_json(ID), TABLE, "用进案卷")
    taken = again.project.system_hash
    assert taken != digest
    again.undo()
    again.close()
    assert services.projects.load(files[1])[0].system_hash == digest
    once_more = services.projects.open_audit(files[1])
    assert once_more.project.system_hash == digest
    once_more.adopt(ID, services.catalogue.system_json(ID), TABLE, "用进案卷")
    once_more.close()
    assert services.projects.load(files[1])[0].system_hash == taken


def brought_in(services: Services, folder: Path, by: str) -> str:
    """An own copy of the shipped system under an id of its own, entered by somebody."""
    copy = replace(services.catalogue.system(ID), id="own-copy")
    file = folder / "own-copy.json"
    file.write_text(system_to_json(copy), encoding="utf-8")
    return take_in(services.catalogue, preview(file, services.catalogue), by=by, on="2026-11-20", folder=folder).id  # fmt: skip


def test_who_enters_and_checks_alone_is_said_until_another_looks(
    services: Services, tmp_path: Path
) -> None:
    own = brought_in(services, tmp_path, "何敏")

    def row() -> Item:
        return next(one for one in items_of(services.catalogue.system(own), TABLE) if one.id == RINSE)  # fmt: skip

    assert row().alone == ""
    assert check_item(services.catalogue, own, TABLE, RINSE, PRINTED, FIRST) is Outcome.VERIFIED
    assert "何敏" in row().alone
    system = services.catalogue.system(own)
    found = row().row
    assert found is not None
    assert checked_alone(system, found) == "何敏"
    check_item(services.catalogue, own, TABLE, RINSE, PRINTED, SECOND)
    assert row().alone == ""
    found = row().row
    assert found is not None
    assert checked_alone(services.catalogue.system(own), found) == ""


def test_what_came_with_the_program_was_entered_by_nobody_here(services: Services) -> None:
    check_item(services.catalogue, ID, TABLE, RINSE, PRINTED, FIRST)
    try:
        assert item(services, RINSE).alone == ""
    finally:
        undo_last_change(services.catalogue, ID)
