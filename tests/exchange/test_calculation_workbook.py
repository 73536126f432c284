"""The calculation workbook, worked out again by LibreOffice, says what the program says, cell by cell."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Family
from app.audit.findings import assess_project
from app.audit.project import AuditProject, build_project
from app.exchange.calculation_workbook import write_calculation
from app.forms.answer import Answer, AnswerBook, Given, indicator_key
from app.forms.derive import NO_RULES
from tests.helpers.forms import sample_project, shipped_forms, shipped_system
from tests.helpers.office import SOFFICE, convert
from tests.properties.test_any_answers_properties import systems

needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
# How many random audits are recalculated; CLEANAUDIT_WORKBOOKS=1000 for the count in docs.
COUNT = int(os.environ.get("CLEANAUDIT_WORKBOOKS", "10"))
ADDING = (Family.LEVEL_INDEX, Family.POINTS, Family.P_INDEX, Family.LEVEL_ONLY)
SYSTEMS = (
    "electroplating-2015",
    "coating-2016",
    "beer-hjt183-2006",
    "pcb-hj450-2008",
    "cotton-dyeing-hjt185-2006",
    "energy-quota-cement-gb16780-2021",
    "hazardous-waste-incineration-zaepi-draft",
)


def write(path: Path, project: AuditProject) -> Path:
    write_calculation(path, project, assess_project(project), title="计算表")
    return path


def random_project(seed: int) -> AuditProject:
    """Random answers on the indicator page of a random document, besides the derived values of the sample."""
    chance = random.Random(seed)
    system_id = chance.choice(SYSTEMS)
    system = shipped_system(system_id)
    table = chance.choice(system.tables)
    sample = shipped_forms().samples["chengling"]
    answers: dict[str, Answer] = dict(sample.book.answers)
    for indicator in table.indicators():
        kind = chance.random()
        if kind < 0.15:
            continue
        key = indicator_key(table.id, indicator.id)
        if kind < 0.25:
            answers[key] = NotApplicable("本企业没有")
        elif indicator.benchmarks and indicator.kind == "quantitative":
            number = chance.choice(
                ["0", "0.1", "0.3", "5", "24", "40.000000001", "83.20", "99.999"]
            )
            answers[key] = Given(number)
        else:
            answers[key] = Given(chance.choice(["I", "II", "III", "none"]))
    forms = shipped_forms()
    return build_project(
        AnswerBook(answers, sample.book.rows),
        forms.questionnaires[sample.questionnaire_id],
        forms.quantities,
        forms.factors,
        system=system,
        system_hash="x",
        table_id=table.id,
        derivation_map=forms.derivations.get(system_id),
        rules=NO_RULES,
    )


def differences(stored: Path, worked: Path) -> list[str]:
    """Cells with a formula whose stored value (the program's) is not what the spreadsheet works out."""
    formulas = load_workbook(stored)
    ours, theirs = load_workbook(stored, data_only=True), load_workbook(worked, data_only=True)
    found = []
    count = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                mine = ours[sheet.title][cell.coordinate].value
                other = theirs[sheet.title][cell.coordinate].value
                if isinstance(mine, int | float) and isinstance(other, int | float):
                    if abs(mine - other) > 1e-9 * max(1, abs(mine)):
                        found.append(
                            f"{stored.name} {sheet.title}!{cell.coordinate}: {mine} / {other}"
                        )
                elif mine != other:
                    found.append(
                        f"{stored.name} {sheet.title}!{cell.coordinate}: {mine!r} / {other!r} {cell.value}"
                    )
    assert count
    return found


@st.composite
def generated(draw: st.DrawFn) -> AuditProject:
    """Any system of the families that add up, with answers of every kind."""
    made = draw(systems().filter(lambda one: one.method.family in ADDING))
    answers: dict[str, Answer] = {}
    for row in made.tables[0].indicators():
        choice = draw(st.sampled_from(["", "0", "1.1", "5", "8.25", "30", "I", "II", "none", "x"]))
        if choice == "x":
            answers[indicator_key("t", row.id)] = NotApplicable("没有")
        elif choice:
            answers[indicator_key("t", row.id)] = Given(choice)
    forms = shipped_forms()
    return build_project(
        AnswerBook(answers),
        next(iter(forms.questionnaires.values())),
        forms.quantities,
        forms.factors,
        system=made,
        system_hash="x",
        table_id="t",
        rules=NO_RULES,
    )


def written(folder: Path, projects: st.SearchStrategy[AuditProject], count: int) -> list[Path]:
    """Workbooks of `count` audits of that kind."""
    files: list[Path] = []
    folder.mkdir()

    @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
    @given(projects)
    def collect(project: AuditProject) -> None:
        files.append(write(folder / f"{folder.name}{len(files)}.xlsx", project))

    collect()
    return files


def index_is_open(project: AuditProject) -> bool:
    """While an answer is open P may be as high as you like: the cell holds words, and the levels are worked out all the same."""
    found = assess_project(project)
    p = found.scores.get("P")
    return p is not None and p.high is None and found.level is None


@needs_office
def test_a_spreadsheet_works_out_what_the_program_says(tmp_path: Path) -> None:
    """The sample, random answers to it, generated systems, and an index without an upper end; the program is started once."""
    files = [write(tmp_path / "澄岭.xlsx", sample_project())]
    files += [write(tmp_path / f"{seed}.xlsx", random_project(seed)) for seed in range(COUNT)]
    files += written(tmp_path / "生成", generated(), COUNT)
    files += written(tmp_path / "没有上限", generated().filter(index_is_open), 1)
    worked = convert(files, tmp_path / "算过", "xlsx", tmp_path / "profile")
    found = [line for pair in zip(files, worked, strict=True) for line in differences(*pair)]
    assert found == []


def test_the_sample_has_its_level_and_its_chain_in_formulas(tmp_path: Path) -> None:
    book = load_workbook(write(tmp_path / "澄岭.xlsx", sample_project()))
    result, data = book["结果"], book["数据"]
    texts = {
        str(cell.value) for row in result.iter_rows() for cell in row if cell.value is not None
    }
    assert any(text.startswith("=IF(C") for text in texts)
    formulas = [
        str(row[2].value) for row in data.iter_rows(min_row=2) if str(row[2].value).startswith("=")
    ]
    assert len(formulas) > 15
    assert any("*" in text for text in formulas)
    stored = load_workbook(tmp_path / "澄岭.xlsx", data_only=True)["结果"]
    said = [cell.value for row in stored.iter_rows() for cell in row]
    assert "Ⅲ" in said
    assert any(isinstance(one, float) and abs(one - 66.8) < 1e-9 for one in said)
