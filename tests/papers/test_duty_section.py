"""The three cases of a mandatory audit on paper: what the ledgers name, the quota where there is one, nothing decided."""

from datetime import date

from app.audit.duty import triggers_of
from app.audit.findings import assess_project
from app.audit.project import build_project
from app.forms.answer import AnswerBook, Given
from app.papers.audit_report import build_report
from app.papers.document import State, Table
from tests.helpers.forms import (
    printer_project,
    sample_project,
    shipped_forms,
    shipped_reference,
    shipped_rules,
    shipped_system,
    with_answer,
)


def cells(book: AnswerBook) -> dict[str, tuple[str, str]]:
    """case -> (what was found, rule cited) of the table in the paper of the printing works."""
    document = build_report(
        printer_project(book), None, state=State.DRAFT, today=date(2026, 11, 22)
    )
    (table,) = [
        block
        for chapter in document.chapters
        for block in chapter.blocks
        if isinstance(block, Table) and block.key == "duty"
    ]
    assert "由主管部门确定" in str(table.notes)
    return {str(row.cells[0]): (str(row.cells[1]), str(row.cells[2])) for row in table.rows}


def test_the_paper_names_the_listed_chemicals_and_the_rule() -> None:
    book = with_answer(printer_project().book, "front.chemical_names", "127-18-4")
    found, source = cells(book)["双有"]
    assert "四氯乙烯" in found
    assert "主管部门" in found
    assert "第 27 条（三）" in source
    assert source.endswith("◐")


def test_nothing_filled_in_is_not_said_to_be_no() -> None:
    said = cells(AnswerBook({"audit.base_year": Given("2025")}))
    assert list(said) == ["双超", "超能耗限额", "双有"]
    assert all("不作判断" in found for found, _ in said.values())


def test_the_case_of_the_list_is_named() -> None:
    book = with_answer(printer_project().book, "front.kind", "exceeding")
    assert "名单所列" in cells(book)["双超"][0]


def test_an_audit_against_an_energy_quota_says_whether_it_is_exceeded() -> None:
    forms = shipped_forms()
    system = shipped_system("energy-quota-cement-gb16780-2021")
    table = system.tables[0]
    indicator = next(iter(table.indicators()))

    def applies(value: str, started: str) -> bool | None:
        book = AnswerBook(
            {
                f"indicator/{table.id}/{indicator.id}": Given(value),
                "team.start": Given(started),
                f"variable/{table.id}/clinker-points-over-75": Given("0"),
                f"variable/{table.id}/altitude-factor": Given("1"),
            }
        )
        project = build_project(
            book,
            forms.questionnaires["industry"],
            forms.quantities,
            forms.factors,
            system=system,
            table_id=table.id,
            rules=shipped_rules(),
            law=shipped_reference().law,
        )
        (one,) = [
            one for one in triggers_of(project, assess_project(project)) if one.id == "over_quota"
        ]
        return one.applies

    before, after = "2026-08-14", "2026-08-15"
    assert applies("1", before) is False
    assert applies("100000", before) is True
    # since that day the law no longer names it: exceeded, and whether that obliges is open
    assert applies("100000", after) is None
    assert applies("100000", "") is None
    assert {one.id for one in triggers_of(sample_project(), None)} == {
        "exceeding",
        "over_quota",
        "toxic",
    }
