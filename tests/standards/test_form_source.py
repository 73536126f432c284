"""The loader of question sets: everything shipped loads; every fault is named with file and line, all at once."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from app.assessment.units import find_unit
from app.audit.own_ties import whole_quantities
from app.errors import UserError
from app.forms.quantity import Factor, Quantity
from app.forms.question import Question, Questionnaire, TableQuestion
from app.forms.sample import SampleAudit
from app.standards.form_json import from_json, mapping_from_json, to_json
from app.standards.form_source import load_forms
from tests.helpers.forms import RESOURCES, shipped_forms, shipped_rules


def test_json_brings_everything_back() -> None:
    forms = shipped_forms()
    for questionnaire in forms.questionnaires.values():
        assert from_json(Questionnaire, to_json(questionnaire)) == questionnaire
    for sample in forms.samples.values():
        assert from_json(SampleAudit, to_json(sample)) == sample
    assert mapping_from_json(Quantity, to_json(forms.quantities)) == forms.quantities
    assert mapping_from_json(Factor, to_json(forms.factors)) == forms.factors


def test_no_quantity_factor_or_rule_is_left_over() -> None:
    """Each stands somewhere besides its own line: in a card, a formula, a map, a check, or in code. Figures per product and
    per value (unit_…) are offered to the rows of own systems."""
    data = "".join(path.read_text("utf-8") for path in RESOURCES.rglob("*.yaml"))
    code = "".join(path.read_text("utf-8") for path in (RESOURCES.parent / "app").rglob("*.py"))
    words = Counter(re.findall(r"[a-z][\w.]*", data)) + Counter(
        re.findall(r'"([a-z][\w.]*)"', code)
    )
    forms = shipped_forms()
    left = [one for one in forms.quantities if words[one] < 2]
    assert [one for one in left if not one.startswith("unit_")] == []
    whole = {one.id for one in whole_quantities(forms.quantities, forms.questionnaires.values())}
    assert set(left) <= whole
    assert all(find_unit(forms.quantities[one].unit) for one in left)
    assert [one for one in forms.factors if words[f"factor.{one}"] < 1] == []
    assert [one for one in shipped_rules() if f"rule: {one}" not in data] == []


def test_numbers_of_questions_follow_from_their_place() -> None:
    pages = shipped_forms().questionnaires["industry"].pages()
    assert [page.number for page in pages][:9] == [f"A{n}" for n in range(1, 10)]
    energy = next(page for page in pages if page.id == "energy")
    items = [
        item
        for card in energy.cards
        for item in card.items
        if isinstance(item, Question | TableQuestion)
    ]
    assert [item.number for item in items] == [f"4.{n}" for n in range(1, len(items) + 1)]


def asked(questionnaire: Questionnaire) -> set[str]:
    return {
        item.id
        for page in questionnaire.pages()
        for card in page.cards
        for item in card.items
        if isinstance(item, Question)
    }


def test_what_was_answered_before_the_audit_can_be_changed_in_it() -> None:
    """But for the set of questions, and for what is only looked at while a new audit is begun."""
    sets = dict(shipped_forms().questionnaires)
    before = asked(sets.pop("front_door"))
    only_there = {"audit.questionnaire", "front.rough_water", "front.rough_rinsed", "process.list"}
    for name, questionnaire in sets.items():
        assert before - only_there <= asked(questionnaire), name
    assert "process.list" in asked(sets["industry"])


def test_every_page_says_why_and_how() -> None:
    for questionnaire in shipped_forms().questionnaires.values():
        for page in questionnaire.pages():
            if page.kind == "form" and questionnaire.id != "front_door":
                assert page.why, (questionnaire.id, page.id)
                assert page.how, (questionnaire.id, page.id)


def test_every_derived_indicator_exists_in_its_system() -> None:
    from tests.helpers.forms import shipped_system

    for system_id, derivations in shipped_forms().derivations.items():
        system = shipped_system(system_id)
        for table_id, indicators in derivations.indicators.items():
            known = {indicator.id for indicator in system.table(table_id).indicators()}
            assert set(indicators) <= known


@pytest.fixture
def resources(tmp_path: Path) -> Path:
    """Two sets of questions with all that they share; each of the others would be read for each fault."""
    target = tmp_path / "资源 文件"
    for name in ("forms", "sample"):
        shutil.copytree(RESOURCES / name, target / name)
    for path in (target / "forms").glob("*.yaml"):
        if path.stem not in ("industry", "front_door"):
            path.unlink()
    shutil.copy(RESOURCES / "factors.yaml", target / "factors.yaml")
    return target


def problems(resources: Path) -> list[str]:
    with pytest.raises(UserError) as caught:
        load_forms(resources)
    return [str(problem) for problem in caught.value.problems]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("forms/common/voc.yaml", "minutes: 20", "minuets: 20", "没有「minuets」这个键"),
        ("forms/common/voc.yaml", "minutes: 20", "minutes: 很久", "分钟数"),
        ("forms/common/voc.yaml", "page: voc", "page: energy", "已经在"),
        ("forms/common/voc.yaml", "kind: yes_no", "kind: maybe", "没有「maybe」这种问题"),
        ("forms/common/voc.yaml", "rows: free", "rows: many", "没有「many」这种行"),
        (
            "forms/common/voc.yaml",
            "total: [amount, generated]",
            "total: [amounts]",
            "没有「amounts」列",
        ),
        (
            "forms/common/voc.yaml",
            "{key: voc.used, equals: yes}",
            "{key: voc.use, equals: yes}",
            "「voc.use」不是这套问题里的题",
        ),
        ("forms/common/voc.yaml", "equals: yes", "is: yes", "没有「is」这个键"),
        (
            "forms/common/voc.yaml",
            "derived: voc.share",
            "derived: voc.shares",
            "没有「voc.shares」",
        ),
        ("forms/industry.yaml", "include: common/voc.yaml", "include: common/vox.yaml", "没有文件"),
        (
            "forms/quantities/water.yaml",
            "sum(water.bills.intake)",
            "sum(water.bills.intakes)",
            "「water.bills.intakes」",
        ),
        ("forms/quantities/water.yaml", "sum(water.bills.intake)", "water.per_area", "用到它自己"),
        ("forms/quantities/water.yaml", "sum(water.bills.intake)", "import os", "公式"),
        ("forms/quantities/water.yaml", "decimals: 0", "decimals: 很多", "小数位数"),
        (
            "forms/derivations/electroplating-2015.yaml",
            "plating.use_zinc",
            "plating.use_zink",
            "没有「plating.use_zink」",
        ),
        ("factors.yaml", "value: 0.1229", "value: 约 0.12", "系数的值不是数"),
        ("factors.yaml", "verification: transcribed", "verification: sure", "核对状态"),
        ("sample/chengling.yaml", "firm.legal:", "firm.boss:", "没有「firm.boss」这个问题"),
        ("sample/chengling.yaml", "firm.founded: 2009", "firm.founded: 20098", "年份是 4 位数"),
        ("sample/chengling.yaml", "2023: [6210, 97.8]", "2023: [6210]", "要 2 格，写了 1 格"),
    ],
)
def test_one_fault_is_named_with_its_line(
    resources: Path, file: str, old: str, new: str, words: str
) -> None:
    path = resources / file
    line = path.read_text("utf-8").split(old)[0].count("\n") + 1
    edit(path, old, new)
    found = problems(resources)
    assert any(words in text for text in found), found
    if "industry" not in file:
        named = [text for text in found if words in text and path.name in text]
        lines = {int(text.split("第 ")[1].split(" 行")[0]) for text in named}
        assert any(abs(line - each) <= 12 for each in lines), found


def test_several_faults_come_together(resources: Path) -> None:
    edit(resources / "forms/common/voc.yaml", "minutes: 20", "minuets: 20")
    edit(resources / "forms/quantities/water.yaml", "sum(water.bills.intake)", "1 +")
    edit(resources / "factors.yaml", "value: 1.33", "value: x")
    assert len(problems(resources)) >= 3
