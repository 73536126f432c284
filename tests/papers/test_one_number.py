"""A number is the same on every paper: looked up by its key, not by its words, in both samples, in every state."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from html import unescape
from pathlib import Path

import docx
import openpyxl
import pytest

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.bootstrap import build_services
from app.errors import UserError
from app.papers.audit_report import build_report
from app.papers.document import Amount, Document, State
from app.papers.forms import forms_of
from app.papers.walk import places
from app.reports.pdf import write_pdf
from app.reports.read_back import text_of
from app.services.calculation import write_workbook
from app.services.reader import write_reader_page
from app.services.session import ImmediateExecutor
from app.services.word import write_word

_DAY = date(2026, 11, 22)
_NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
Case = tuple[AuditProject, Assessment | None]


@pytest.fixture(scope="module", params=["before", "after", "printing"])
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("audits")
    services = build_services(ImmediateExecutor())
    projects = services.projects
    audit = {
        "before": lambda: projects.sample(folder)[1],
        "after": lambda: projects.finished_sample(folder),
        "printing": lambda: projects.printer_sample(folder),
    }[request.param]()
    yield projects.load(audit)
    services.close()


def _documents(
    project: AuditProject, assessment: Assessment | None
) -> Iterator[tuple[str, Document]]:
    for state in (State.DRAFT, State.FOR_REVIEW):
        try:
            yield state.value, build_report(project, assessment, state=state, today=_DAY)
        except UserError:
            assert state is not State.DRAFT
    yield from forms_of(project, assessment, _DAY).items()


def _amounts(document: Document) -> list[Amount]:
    return [one for _, one in places(document) if isinstance(one, Amount)]


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_one_key_has_one_value_on_all_papers_and_in_the_data(case: Case) -> None:
    project, assessment = case
    seen: dict[tuple[str, str], dict[Fraction, str]] = defaultdict(dict)
    for name, document in _documents(project, assessment):
        for one in _amounts(document):
            if one.key and one.bound is None and one.high is None:
                seen[one.key, one.unit].setdefault(one.value, name)
    assert len(seen) > 150
    differing = {key: values for key, values in seen.items() if len(values) > 1}
    assert not differing
    for (key, unit), values in seen.items():
        if key in project.derivation.quantities:
            figure = project.derivation.figure(key)
            if figure.unit == unit and figure.value is not None:
                assert set(values) == {figure.value}, key


def test_what_the_data_say_is_what_is_printed(case: Case, tmp_path: Path) -> None:
    """PDF, Word and page of one report: every number with a key stands in each, as often as in the document."""
    project, assessment = case
    report = build_report(project, assessment, state=State.DRAFT, today=_DAY)
    wanted = [one for one in _amounts(report) if one.key]
    write_pdf(report, tmp_path / "r.pdf")
    write_word(project, assessment, tmp_path / "r.docx", state="草稿", now=_NOW)
    write_reader_page(project, assessment, tmp_path / "r.html", state="草稿", today=_DAY)
    pdf = text_of((tmp_path / "r.pdf").read_bytes())
    word = docx.Document(str(tmp_path / "r.docx"))
    runs = word.element.body.itertext()
    said = _squeezed("".join(runs))
    page = (tmp_path / "r.html").read_text("utf-8")
    by_key: dict[str, set[str]] = defaultdict(set)
    for key, text in re.findall(r'data-key="([^"]*)">([^<]*)</a>', page):
        by_key[unescape(key)].add(_squeezed(unescape(text)))
    for one in wanted:
        text = _squeezed(str(one))
        assert text in pdf, (one.key, text)
        assert text in said, (one.key, text)
        if one.key in by_key:
            assert any(text in shown for shown in by_key[one.key]), (one.key, text, by_key[one.key])
    assert len(by_key) > 50


def test_the_workbook_has_the_indicators_values(case: Case, tmp_path: Path) -> None:
    project, assessment = case
    if assessment is None:
        return  # without an indicator system there is nothing to calculate, as the command says
    report = build_report(project, assessment, state=State.DRAFT, today=_DAY)
    write_workbook(project, assessment, tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx", data_only=True)
    numbers = sorted(
        float(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    )
    wanted = {
        one.key: one.value
        for one in _amounts(report)
        if re.fullmatch(r"(indicator|index)/[^/]+", one.key)
        and one.bound is None
        and one.high is None
    }
    assert wanted
    for key, value in wanted.items():
        near = min(numbers, key=lambda one: abs(one - float(value)))
        assert near == pytest.approx(float(value), rel=1e-9, abs=1e-9), key
