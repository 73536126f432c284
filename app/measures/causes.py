"""What the data say of the eight aspects: sentences for 「现象」, never for 「原因」, which is for people to find."""

from collections.abc import Mapping
from fractions import Fraction

from app.assessment.finding import Measured
from app.assessment.indicator_system import Indicator, Level, Limit
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.assessment.units import UNITS
from app.audit.compliance import exceedances
from app.audit.project import AuditProject
from app.forms.answer import Change, Given, cell_key
from app.forms.figure import Tone
from app.measures.changes import compared_figures
from app.measures.model import number_of

TABLE = "causes.aspects"
_GOOD = ("节能", "节水", "高效", "LED")
_MOST = 3  # things said of one aspect
_BY_NAME = (
    ("management", ("管理", "制度", "计量", "预案", "法律", "政策")),
    ("waste", ("废水", "废气", "废物", "污染", "排放")),
    ("equipment", ("设备", "设施", "生产线")),
    ("process_control", ("控制", "过程")),
    ("product", ("合格", "产品质量")),
    ("materials_energy", ("利用率", "能耗", "原辅", "消耗")),
)


def drafted(
    project: AuditProject, assessment: Assessment | None, target: Level | None
) -> Mapping[str, str]:
    """Aspect -> what is seen there. Aspects of which the data say nothing are left out."""
    said: dict[str, list[str]] = {}

    def say(aspect: str, words: str) -> None:
        said.setdefault(aspect, []).append(words)

    if assessment is not None and target is not None:
        _of_indicators(project, assessment, target, said)
    _of_equipment(project, say_to=said)
    _of_materials(project, say_to=said)
    for metal, name in (("zinc", "锌"), ("copper", "铜"), ("nickel", "镍")):
        lost = _metal_lost(project, metal)
        if lost is not None:
            say("waste", f"{name}买了没镀上去 {display(lost, 0)} kg")
    gap, intake = (_figure(project, name) for name in ("water.gap_meters", "water.intake"))
    if gap is not None and intake and abs(gap) * 100 > intake:
        share = display(gap * 100 / intake, 2)
        say("management", f"总表减各分表 {display(gap, 0)} m³，占取水 {share}%")
    for one in exceedances(project.book):
        if one.kind == "monitoring":
            say("waste", f"{one.name} {brief(one.value)} {one.unit}，超过限值 {brief(one.limit)}")
    _of_meters(project, said)
    _of_parts(project, said)
    _of_years(project, said)
    if "voc.rate_rule" in project.derivation.quantities:
        rule = project.derivation.figure("voc.rate_rule")
        if rule.tone is Tone.BAD:
            say("waste", f"VOC 初始排放速率 {rule.words}")
    hazardous = _figure(project, "env.hazardous")
    if hazardous:
        say("waste", f"危险废物 {display(hazardous, 2)} t")
    return {aspect: "；".join(words[:_MOST]) for aspect, words in said.items()}


def draft_changes(
    project: AuditProject, assessment: Assessment | None, target: Level | None
) -> tuple[Change, ...]:
    """Into empty cells only: what somebody wrote stays."""
    if TABLE not in project.index.tables:
        return ()
    changes = []
    for aspect, words in drafted(project, assessment, target).items():
        key = cell_key(TABLE, aspect, "seen")
        if not project.book.text(key):
            changes.append(Change(key, project.book.get(key), Given(words)))
    return tuple(changes)


def _figure(project: AuditProject, quantity_id: str) -> Fraction | None:
    if quantity_id not in project.derivation.quantities:
        return None
    return project.derivation.figure(quantity_id).value


def _of_indicators(
    project: AuditProject, assessment: Assessment, target: Level, said: dict[str, list[str]]
) -> None:
    """Limiting indicators first."""
    assert project.system is not None
    indicators = {
        one.id: one for part in project.system.parts(project.table_id) for one in part.indicators()
    }
    short = [one for one in assessment.judgements if one.meets[target] is False]
    for one in sorted(short, key=lambda judgement: not judgement.limiting):
        indicator = indicators[one.indicator_id]
        words = f"{indicator.name}没到{target.symbol}级"
        if isinstance(one.finding, Measured):
            unit = UNITS[indicator.unit].symbol if indicator.unit else ""
            words = f"{indicator.name} {display(one.finding.value, one.places)} {unit}，没到{target.symbol}级"
            bound = indicator.benchmarks.get(target)
            if isinstance(bound, Limit):
                words += f"的 {brief(bound.value)}"
        said.setdefault(_aspect_of(indicator), []).append(words)


def _aspect_of(indicator: Indicator) -> str:
    for aspect, words in _BY_NAME:
        if any(word in indicator.name for word in words):
            return aspect
    return "technology"


def _of_equipment(project: AuditProject, say_to: dict[str, list[str]]) -> None:
    """What the plate of a motor or transformer says of its age."""
    table = project.index.tables.get("equipment.list")
    if table is None or not any(column.id == "hint" for column in table.columns):
        return
    old = [
        project.book.text(cell_key(table.id, row, "name"))
        for row in project.book.row_ids(table.id)
        if project.derivation.cell(table.id, row, "hint").words
    ]
    if old:
        say_to.setdefault("equipment", []).append(
            f"用着早期系列的电机或变压器：{'、'.join(old[:4])}"
        )


def _of_materials(project: AuditProject, say_to: dict[str, list[str]]) -> None:
    """What is not a low-VOC material by the ledger, the largest first."""
    table = project.index.tables.get("voc.materials")
    if table is None:
        return
    high = []
    for row in project.book.row_ids(table.id):
        amount = number_of(project.book.get(cell_key(table.id, row, "amount")))
        if project.book.text(cell_key(table.id, row, "low")) == "no" and amount:
            high.append((amount, project.book.text(cell_key(table.id, row, "name"))))
    if high:
        high.sort(reverse=True)
        names = "、".join(f"{name} {display(amount, 0)} kg" for amount, name in high[:3])
        say_to.setdefault("materials_energy", []).append(f"按填报不是低 VOC 的物料：{names}")


def _metal_lost(project: AuditProject, metal: str) -> Fraction | None:
    if "plating.metals" not in project.index.tables:
        return None
    bought = number_of(project.book.get(cell_key("plating.metals", metal, "bought")))
    used = project.derivation.cell("plating.metals", metal, "deposited").value
    return bought - used if bought is not None and used is not None and bought > used else None


def _of_meters(project: AuditProject, said: dict[str, list[str]]) -> None:
    table = project.index.tables.get("mgmt.meters")
    for row in table.fixed_rows if table is not None else ():
        assert table is not None
        needed, there = (
            number_of(project.book.get(cell_key(table.id, row.id, column)))
            for column in ("needed", "installed")
        )
        if needed is not None and there is not None and there < needed:
            words = f"{row.label}表应装 {brief(needed)} 只，实装 {brief(there)} 只"
            said.setdefault("management", []).append(words)


def _of_parts(project: AuditProject, said: dict[str, list[str]]) -> None:
    """Good equipment that is only a part of all: 「节能灶 4 个，一共 14 个」."""
    for place in project.index.places.values():
        question = place.question
        whole = getattr(question, "part_of", "")
        if not whole or place.table is not None or not any(w in question.short for w in _GOOD):
            continue
        part, total = (number_of(project.book.get(key)) for key in (question.id, whole))
        if part is not None and total is not None and part < total:
            unit = question.unit
            words = f"{question.short}只有 {brief(part)} {unit}，一共 {brief(total)} {unit}"
            if not part:
                words = f"没有{question.short}，一共 {brief(total)} {unit}"
            said.setdefault("equipment", []).append(words)


def _of_years(project: AuditProject, said: dict[str, list[str]]) -> None:
    """What a unit of product takes, where it was a tenth less in one of the two years before."""
    year = project.base_year
    if year is None:
        return
    for name in compared_figures(project):
        now = project.derivation.figure(name)
        if now.value is None or not now.value or "/" not in now.unit:
            continue
        before = [
            (value, past)
            for past in (year - 2, year - 1)
            if (value := project.derivation.figure(name, past).value) is not None and value > 0
        ]
        if not before:
            continue
        best, when = min(before)
        if now.value * 10 >= best * 11:
            more = display((now.value - best) * 100 / best, 0)
            words = (
                f"{now.title} {display(now.value, now.decimals)} {now.unit}，"
                f"比 {when} 年的 {display(best, now.decimals)} 多 {more}%"
            )
            aspect = "waste" if any(w in now.title for w in ("垃圾", "废")) else "process_control"
            said.setdefault(aspect, []).append(words)
