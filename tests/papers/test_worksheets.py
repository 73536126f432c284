"""The 57 worksheets: each is made from data, a blank to fill in, or said not to be of the flow; the page in docs is current."""

import json
from datetime import date

import pytest

from app import paths
from app.audit.findings import assess_project
from app.papers.audit_report import build_report
from app.papers.document import State
from app.papers.forms import forms_of
from tests.helpers.forms import sample_project, with_answer
from tests.helpers.papers import tables
from tests.measures.test_results import finished
from tools.make_worksheets_page import PAGE, page

TODAY = date(2026, 11, 29)
DATA = json.loads((paths.resources_dir() / "design" / "worksheets.json").read_text("utf-8"))


def test_there_are_fifty_seven_and_each_is_somewhere() -> None:
    assert len({one["id"] for one in DATA["worksheets"]}) == 57
    for one in DATA["worksheets"]:
        for flow in ("simplified", "standard"):
            where = [one.get(name) for name in ("made", "blank", "form", "text")]
            assert any(where) or one["none"][flow], one["id"]


@pytest.mark.parametrize("flow", ["yes", "no"])
def test_what_is_made_from_data_stands_in_the_finished_report(flow: str) -> None:
    project = finished()
    project = sample_project(with_answer(project.book, "front.simplified", flow))
    document = build_report(project, assess_project(project), state=State.DRAFT, today=TODAY)
    keys = {one.key for one in tables(document)}
    lost = {
        one["id"]: set(one["made"]) - keys
        for one in DATA["worksheets"]
        if set(one.get("made", ())) - keys
    }
    assert not lost


def test_every_blank_is_printed_and_every_form_exists() -> None:
    project = sample_project()
    forms = forms_of(project, assess_project(project), TODAY)
    blanks = [chapter.title for chapter in forms["空白工作表"].chapters]
    assert blanks == list(DATA["blanks"])
    for one in DATA["worksheets"]:
        assert one.get("blank", blanks[0]) in blanks
        assert one.get("form", "资料清单") in forms


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page()
