"""What the measures came to: promise and proof, the results table (绩效表), the level afterwards.

Everything here is values; papers and screens format them. Savings of measures may overlap: their sum stands beside the
plant's own change, never in its place.
"""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from app.assessment.numbers import brief, round_half_up
from app.assessment.result import Assessment
from app.audit.findings import assess_project
from app.audit.measures import RESULTS, TABLE
from app.audit.project import AuditProject
from app.errors import Problem
from app.forms.answer import cell_key
from app.forms.once import once
from app.measures.apply import combine, with_measures
from app.measures.economics import EconomicCase, Economics, evaluate, faults_of
from app.measures.model import (
    DONE,
    DROPPED,
    FEASIBLE,
    IDEA,
    Measure,
    measures_of,
    number_of,
    stream_of,
    with_implied,
)

_ZERO = Fraction(0)
_TEN_THOUSAND = 10_000
_KG = 1000


@dataclass(frozen=True)
class Proof:
    """One measure planned and carried out. measured: by stream, only what was measured."""

    measure: Measure
    started: str
    finished: str
    cost: Fraction | None
    saving: Fraction | None
    running: Fraction | None
    measured: Mapping[str, Fraction]
    note: str
    evidence: str

    @property
    def is_done(self) -> bool:
        return bool(self.finished) or self.measure.state == DONE

    def ratio(self, stream_id: str) -> Fraction | None:
        """Measured / predicted; None where one of them is open."""
        predicted = self.measure.savings.get(stream_id)
        measured = self.measured.get(stream_id)
        return None if not predicted or measured is None else measured / predicted


@once
def proofs_of(project: AuditProject) -> tuple[Proof, ...]:
    """Every measure with what is known of it afterwards, in order."""
    book = project.book

    def text(row: str, column: str) -> str:
        return book.text(cell_key(RESULTS, row, column)).strip()

    def amount(row: str, column: str) -> Fraction | None:
        return number_of(book.get(cell_key(RESULTS, row, column)))

    found = []
    for one in measures_of(project):
        row = one.row_id
        values = {s.id: amount(row, s.id) for s in project.reference.streams}
        measured = {name: value for name, value in values.items() if value is not None}
        found.append(
            Proof(
                one,
                text(row, "started"),
                text(row, "finished"),
                amount(row, "cost"),
                amount(row, "saving"),
                amount(row, "running"),
                with_implied(project, measured),
                text(row, "note"),
                text(row, "proof") or book.text(cell_key(TABLE, row, "evidence")),
            )
        )
    return tuple(found)


def problems_of_results(project: AuditProject) -> tuple[Problem, ...]:
    """What cannot be right of dates and amounts, each at its place."""
    begun = _day(project.book.text("team.start"))
    found = []
    for one in proofs_of(project):
        where = f"{one.measure.code} {one.measure.name}"
        finished, started = _day(one.finished), _day(one.started)
        if begun and finished and finished < begun:
            found.append(
                Problem(
                    f"{where}　投用",
                    f"{one.finished} 在审核开始（{begun.isoformat()}）之前",
                    "审核前就做完的不算这一轮的方案；日期写错了就改。",
                )
            )
        if started and finished and finished < started:
            found.append(Problem(f"{where}　投用", "投用在开工之前", "核对两个日期。"))
        if one.is_done and not one.evidence:
            found.append(Problem(f"{where}　证明", "做完了还没有证明", "写合同、发票或照片。"))
        for stream_id, measured in one.measured.items():
            predicted = one.measure.savings.get(stream_id)
            if predicted and measured * 10 < predicted * 9 and not one.note:
                title = stream_of(project, stream_id).title
                found.append(
                    Problem(f"{where}　说明", f"{title}实测不到预计的九成", "写一句为什么。")
                )
    return tuple(found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# -- the level afterwards


@dataclass(frozen=True)
class After:
    """The audit with what was measured of the finished measures. unmeasured: finished, but nothing measured and nothing
    raised, so they count nothing."""

    project: AuditProject
    assessment: Assessment | None
    counted: tuple[Measure, ...]
    unmeasured: tuple[Measure, ...]


@once
def afterwards(project: AuditProject) -> After:
    """By rule: the measured savings of finished measures are taken from the answers and the audit is scored again."""
    counted, unmeasured = [], []
    for one in proofs_of(project):
        if not one.is_done:
            continue
        if one.measured or one.measure.raises:
            counted.append(replace(one.measure, savings=one.measured))
        else:
            unmeasured.append(one.measure)
    later = replace(with_measures(project, counted), is_measured=True)
    assessment = assess_project(later) if later.system is not None else None
    return After(later, assessment, tuple(counted), tuple(unmeasured))


@once
def expected(project: AuditProject) -> After | None:
    """The audit as it is expected with every feasible measure carried out: what was measured stands for what was promised.
    None while nothing is feasible."""
    known = {one.row_id: one for one in afterwards(project).counted}
    planned = [one for one in measures_of(project) if one.state in FEASIBLE]
    if not planned:
        return None
    chosen = tuple(known.get(one.row_id, one) for one in planned)
    later = with_measures(project, chosen)
    assessment = assess_project(later) if later.system is not None else None
    return After(later, assessment, chosen, ())


# -- 清洁生产项目绩效表


@dataclass(frozen=True)
class ResultColumn:
    id: str
    title: str
    unit: str
    places: int


PERFORMANCE = (
    ResultColumn("number", "序号", "", 0),
    ResultColumn("name", "项目名称", "", 0),
    ResultColumn("content", "项目内容", "", 0),
    ResultColumn("cost", "投资额", "万元", 2),
    ResultColumn("saving", "经济效益", "万元", 2),
    ResultColumn("electricity", "节电", "万kWh", 2),
    ResultColumn("tce", "折标煤", "t", 2),
    ResultColumn("co2", "CO2", "t", 2),
    ResultColumn("material", "原辅料", "t", 3),
    ResultColumn("water", "节水", "t", 0),
    ResultColumn("cod", "COD", "t", 3),
    ResultColumn("nh3n", "氨氮", "t", 3),
    ResultColumn("smoke", "烟尘", "t", 3),
    ResultColumn("dust", "粉尘", "t", 3),
    ResultColumn("so2", "SO2", "t", 3),
    ResultColumn("nox", "NOx", "t", 3),
    ResultColumn("voc", "VOC", "t", 3),
    ResultColumn("solid", "固废", "t", 2),
    ResultColumn("liquid", "废液", "t", 2),
    ResultColumn("heavy_metal", "重金属", "t", 4),
    ResultColumn("other", "其他", "", 0),
)
_FIGURES = tuple(one.id for one in PERFORMANCE[3:-1])


class Lack(enum.Enum):
    """What a finished measure has no figure of."""

    MONEY = enum.auto()
    GAIN = enum.auto()
    EFFECT = enum.auto()


@dataclass(frozen=True)
class ResultRow:
    """values: by column id, exact, in the column's unit; absent = nothing. texts: number, name, content, other.
    is_measured: what was measured stands here; else what was predicted. is_paid: its investment is what was spent. key: the
    row of the audit. others: amounts without a column by (title, unit). lacking: what was predicted and, though the measure is finished, has no figure of what came of it."""

    key: str
    texts: Mapping[str, str]
    values: Mapping[str, Fraction]
    is_measured: bool
    lacking: tuple[Lack, ...] = ()
    is_paid: bool = False
    others: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Performance:
    """totals: sums of the rows. low: how many rows are 无/低费."""

    rows: tuple[ResultRow, ...]
    totals: Mapping[str, Fraction]
    low: int

    @property
    def high(self) -> int:
        return len(self.rows) - self.low


def performance(project: AuditProject, *, only_done: bool = False) -> Performance:
    """The 21 columns, no/low-cost first. A finished measure stands with what was measured, any other with what was
    predicted. only_done: the finished ones alone, and of them only what was measured: an acceptance counts nothing
    promised. What was dropped, or is still an idea, is never in it."""
    rows = []
    for one in proofs_of(project):
        if not counts(one) or (only_done and not one.is_done):
            continue
        rows.append(_result_row(project, one, promised=not only_done))
    rows.sort(key=lambda row: (row.texts["number"][:2] != "WD", _natural(row.texts["number"])))
    totals = {
        column: sum((row.values[column] for row in rows if column in row.values), _ZERO)
        for column in _FIGURES
        if any(column in row.values for row in rows)
    }
    low = sum(row.texts["number"].startswith("WD") for row in rows)
    return Performance(tuple(rows), totals, low)


def printed_sum(found: Performance, column: str) -> Fraction | None:
    """The total of a column as the 绩效表 prints it: each cell is rounded first, so that a pocket calculator agrees; None
    where nothing stands in it."""
    places = next(one.places for one in PERFORMANCE if one.id == column)
    values = [row.values[column] for row in found.rows if column in row.values]
    if not values:
        return None
    return sum((Fraction(round_half_up(one, places)) for one in values), _ZERO)


def lacking_words(found: Performance, *, brief: bool = False) -> str:
    """「WD1 没有实测，WD8 环境效果没有可合计的实测数；没有实测的未计入」 of finished measures, by what lacks; empty where nothing does.
    brief, or where nothing at all was measured: without what follows for the sums."""
    said: dict[str, list[str]] = {}
    for row in found.rows:
        if row.lacking:
            said.setdefault(_lacking(row), []).append(row.texts["number"])
    words = "，".join(f"{'、'.join(codes)} {what}" for what, codes in said.items())
    is_left_out = not brief and any(row.is_measured for row in found.rows)
    return f"{words}；没有实测的未计入" if words and is_left_out else words


def _lacking(row: ResultRow) -> str:
    """What a finished measure has no figure of, in words."""
    money = "没有填实际投资" if Lack.MONEY in row.lacking else ""
    gain, effect = Lack.GAIN in row.lacking, Lack.EFFECT in row.lacking
    if effect and not gain and "saving" in row.values:
        proof = "环境效果没有可合计的实测数"
    elif effect:
        proof = "没有实测"
    else:
        proof = "没有实测效益" if gain else ""
    return "、".join(one for one in (money, proof) if one)


def counts(proof: Proof) -> bool:
    """Whether a measure is one that is, or is going to be, carried out; what nobody decided on is not."""
    return proof.is_done or proof.measure.state not in (DROPPED, IDEA, "")


def _natural(code: str) -> int:
    digits = "".join(character for character in code if character.isdigit())
    return int(digits) if digits else 0


def _result_row(project: AuditProject, proof: Proof, *, promised: bool) -> ResultRow:
    """promised: what was predicted stands where nothing was measured."""
    measure = proof.measure
    # Money alone is all there is to measure of a measure that was to save nothing else.
    measured = proof.is_done and (
        bool(proof.measured) or (proof.saving is not None and not measure.savings)
    )
    savings = proof.measured if measured or not promised else measure.savings
    cost, saving = proof.cost, proof.saving
    lacking = [
        word
        for word, real, planned in (
            (Lack.MONEY, cost, measure.cost),
            (Lack.GAIN, saving, measure.saving),
            (Lack.EFFECT, proof.measured or None, measure.savings or _effect(project, measure)),
        )
        if proof.is_done and real is None and planned
    ]
    if promised:
        cost = measure.cost if cost is None else cost
        saving = measure.saving if saving is None else saving
    values = {**_in_columns(project, savings)}
    for column, value in (("cost", cost), ("saving", saving)):
        if value is not None:
            values[column] = value
    others = _others(project, savings)
    texts = {
        "number": measure.code,
        "name": measure.name,
        "content": _content(project, proof, is_measured=measured),
        "other": others_said(others),
    }
    is_paid = proof.is_done and proof.cost is not None
    return ResultRow(measure.row_id, texts, values, measured, tuple(lacking), is_paid, others)


def _effect(project: AuditProject, measure: Measure) -> str:
    """What was typed of what a measure is to bring."""
    return project.book.text(cell_key(TABLE, measure.row_id, "effect")).strip()


def effect_said(project: AuditProject, measure: Measure) -> str:
    """What was typed of what a measure is to bring, with the amounts it saves where none of them stands in it."""
    typed = _effect(project, measure)
    plain = _SEPARATORS.sub("", typed)
    told = {Fraction(one) for one in _NUMBERS.findall(plain)}
    if any(
        value in told or Fraction(round_half_up(value, 0)) in told
        for amount in measure.savings.values()
        for value in (amount, amount * _KG, amount / _KG, amount / _TEN_THOUSAND)
    ):
        return typed
    amounts = _amounts(project, measure.savings, with_direction=True)
    return "；".join(one for one in (typed.rstrip("。；"), "，".join(amounts)) if one)


_SEPARATORS = re.compile(r"(?<=\d)[ ,，\u2009](?=\d{3})")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")


def _amounts(
    project: AuditProject, amounts: Mapping[str, Fraction], *, with_direction: bool = False
) -> list[str]:
    """「新水 11050 m³/a」, or 「减少新水 11050 m³/a」, of every stream that is no part of another one."""
    said = []
    for stream_id, amount in amounts.items():
        stream = stream_of(project, stream_id)
        if stream_id == "rinse" and "water" in amounts:
            continue  # a part of it
        direction = "增加" if (amount < 0) != stream.more else "减少"
        shown = abs(amount) if with_direction else amount
        head = f"{direction if with_direction else ''}{stream.title}"
        said.append(f"{head} {brief(shown)} {stream.unit}/a")
    return said


def _content(project: AuditProject, proof: Proof, *, is_measured: bool) -> str:
    """What was measured where that stands in the row; what was typed beforehand is called 预计."""
    if is_measured and proof.measured:
        return f"实测：{'，'.join(_amounts(project, proof.measured))}"
    effect = effect_said(project, proof.measure)
    if not effect:
        return ""
    if is_measured:
        after = f"；做完以后：{proof.note}" if proof.note else ""
        return f"预计：{effect}{after}（没有可合计的实测数）"
    return f"预计：{effect}{'（已投用，没有实测）' if proof.is_done else ''}"


def _in_columns(project: AuditProject, savings: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Streams as columns: 万kWh, t; energy in tce and t CO2 by the audit's own factors."""
    values: dict[str, Fraction] = {}

    def add(column: str, value: Fraction) -> None:
        values[column] = values.get(column, _ZERO) + value

    for stream_id, amount in savings.items():
        stream = stream_of(project, stream_id)
        if stream.result == "electricity":
            add("electricity", amount / _TEN_THOUSAND)
        elif stream.result == "water":
            add("water", amount)  # 1 m³ of water is taken as 1 t
        elif stream.result and stream.per_tonne:
            add(stream.result, amount / stream.per_tonne)
        factors = project.derivation.factors
        if stream.tce in factors:
            add("tce", amount * factors[stream.tce].value / _KG)
        if stream.co2 in factors:
            add("co2", amount * factors[stream.co2].value / _KG)
        if stream_id == "other_energy":
            add("tce", amount)
    return values


Others = Mapping[tuple[str, str], Fraction]


def _others(project: AuditProject, savings: Mapping[str, Fraction]) -> Others:
    """What has no column of its own, by (title, unit)."""
    streams = ((stream_of(project, name), amount) for name, amount in savings.items())
    return {
        (one.title, one.unit): amount
        for one, amount in streams
        if one.id in ("gas", "drain") and not one.result
    }


def others_of(rows: Iterable["ResultRow"]) -> Others:
    """The sums of amounts without a column."""
    found: dict[tuple[str, str], Fraction] = {}
    for row in rows:
        for of, amount in row.others.items():
            found[of] = found.get(of, _ZERO) + amount
    return found


def others_said(found: Others) -> str:
    """「废水 11050 m³」 of amounts without a column."""
    return "；".join(f"{title} {brief(amount)} {unit}" for (title, unit), amount in found.items())


@dataclass(frozen=True)
class Reduction:
    """One quantity of the plan's counting: tce, CO2, water or a pollutant. added: of all measures; together: where they
    save from one stream, without counting anything twice. printed: the sum of the cells of the 绩效表, each rounded: the one
    total of every paper. places: decimals it is printed with."""

    id: str
    title: str
    unit: str
    places: int
    added: Fraction
    together: Fraction
    printed: Fraction


def reductions(
    project: AuditProject, *, measured: bool, only_done: bool = False
) -> tuple[Reduction, ...]:
    """tce, t CO2, m³ of water, t of COD, NH3-N, NOx, VOC and the rest: of finished measures as measured, or as predicted of
    all that are carried out (the rows of the 绩效表); only_done: as predicted of the finished ones."""
    proofs = [one for one in proofs_of(project) if counts(one) and (one.is_done or not only_done)]
    chosen = (
        [replace(one.measure, savings=one.measured) for one in proofs if one.is_done]
        if measured
        else [one.measure for one in proofs]
    )
    places = {one.id: one.places for one in PERFORMANCE}
    added: dict[str, Fraction] = {}
    rounded: dict[str, Fraction] = {}
    for one in chosen:
        for column, value in _in_columns(project, one.savings).items():
            added[column] = added.get(column, _ZERO) + value
            cell = Fraction(round_half_up(value, places[column]))
            rounded[column] = rounded.get(column, _ZERO) + cell
    together = _in_columns(project, combine(project, chosen).saved)
    return tuple(
        Reduction(
            one.id,
            one.title,
            one.unit,
            one.places,
            added[one.id],
            together.get(one.id, _ZERO),
            rounded[one.id],
        )
        for one in PERFORMANCE
        if one.id in added and one.id not in ("cost", "saving")
    )


# -- economics of a row


@dataclass(frozen=True)
class Settings:
    """With what the audit reckons. said: which of them are defaults nobody set, in plain words."""

    tax_rate: Fraction
    discount_rate: Fraction
    said: tuple[str, ...]


def settings_of(project: AuditProject) -> Settings | None:
    """None for an audit begun before the program had them."""
    economics = project.reference.economics
    if economics is None:
        return None
    said = []
    chosen = project.book.text("measures.tax")
    tax = next((one for one in economics.tax if one.id == (chosen or "general")), economics.tax[0])
    if not chosen:
        said.append(f"所得税没选，按{tax.title} {brief(tax.value)}%（{_state(tax.verification)}）")
    rate = number_of(project.book.get("measures.discount"))
    if rate is None:
        rate = economics.discount_rate.value
        said.append(
            f"贴现率没填，按 {brief(rate)}%（{_state(economics.discount_rate.verification)}）"
        )
    return Settings(tax.value / 100, rate / 100, tuple(said))


def _state(verification: str) -> str:
    return {"verified": "已核对", "transcribed": "转录待核", "recalled": "凭记忆待核"}[verification]


def life_of(project: AuditProject, measure: Measure) -> int:
    """As answered, else the default of the class."""
    if measure.life is not None:
        return measure.life
    economics = project.reference.economics
    lives = {one.id: one.value.numerator for one in economics.lives} if economics else {}
    return lives.get("machine" if measure.code.startswith("ZG") else "low", 10)


def economics_of(
    project: AuditProject,
    measure: Measure,
    cost: Fraction | None = None,
    saving: Fraction | None = None,
) -> Economics | tuple[Problem, ...]:
    """I, P … IRR of a row, or why not. cost, saving: in place of the planned ones."""
    settings = settings_of(project)
    cost = measure.cost if cost is None else cost
    saving = measure.saving if saving is None else saving
    missing = []
    if cost is None:
        missing.append(Problem(f"{measure.name}　投资", "还没填", "填投资，不花钱写 0。"))
    if saving is None:
        missing.append(Problem(f"{measure.name}　一年省", "还没填", "填一年净省的钱。"))
    if settings is None or cost is None or saving is None:
        return tuple(missing)
    case = EconomicCase(
        cost, saving, life_of(project, measure), settings.tax_rate, settings.discount_rate
    )
    fields = {"investment": "投资", "annual_benefit": "一年省", "life": "计算期"}
    faults = faults_of(case, {k: f"{measure.name}　{v}" for k, v in fields.items()})
    return faults or evaluate(case)


def together(project: AuditProject, measures: Iterable[Measure]) -> Economics | tuple[Problem, ...]:
    """Several measures as one investment: their costs and savings added, the longest life."""
    chosen = tuple(measures)
    costs = [one.cost or _ZERO for one in chosen]
    savings = [one.saving or _ZERO for one in chosen]
    if not chosen:
        return ()
    whole = replace(
        chosen[0],
        name=" + ".join(one.code for one in chosen),
        cost=sum(costs, _ZERO),
        saving=sum(savings, _ZERO),
        life=max(life_of(project, one) for one in chosen),
    )
    return economics_of(project, whole)
