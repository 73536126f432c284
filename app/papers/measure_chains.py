"""Where numbers of measures come from: what was typed of them, their economics, the 绩效表 and its sums, by the key of the
number (app.papers.document.Amount)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from app.assessment.numbers import brief, display, round_half_up
from app.assessment.trace import Trace
from app.audit.measures import RESULTS, SAVINGS, TABLE
from app.audit.project import AuditProject
from app.forms.answer import cell_key
from app.measures.changes import figure_changes
from app.measures.economics import Economics
from app.measures.model import Measure, measures_of, price_of, stream_of
from app.measures.results import (
    PERFORMANCE,
    Performance,
    Proof,
    ResultRow,
    counts,
    economics_of,
    performance,
    proofs_of,
    reductions,
)
from app.papers.measure_rows import in_order, is_costly

Answered = Callable[[str], Trace | None]
"""The trace of an answer by its key; None where there is none."""

_YUAN = 10_000  # of 万元
_ACTUAL = {"actual_cost": "cost", "actual_saving": "saving", "running": "running"}
_SOURCE = "企业填报的方案"


def measure_chain(project: AuditProject, key: str, answered: Answered) -> Trace | None:
    """None for keys that are of no measure."""
    head, *rest = key.removesuffix("/more").split("/")
    match head, rest:
        case "measures", [which]:
            return _counted(project, which)
        case "measures-sum", [kind, which]:
            return _kind_sum(project, kind, which, answered)
        case "measures", [row, *of]:
            return _of_measure(project, row, of, answered)
        case "price", [stream]:
            return _price(project, stream, answered)
        case "economics", [row, name, *measured]:
            return _economics(project, row, name, bool(measured), answered)
        case "implementation", [which]:
            return _planned(project, which.removeprefix("planned_"), answered)
        case "performance", ["other", title]:
            return _without_column(project, title)
        case ("performance", [row, column]):
            return _of_row(project, row, column, answered)
        case (
            ("performance" | "performance-done" | "performance-measured" | "performance-expected"),
            [column],
        ):
            return _column_sum(_scope(project, head), column)
        case "reductions", [column, *which]:
            return _reduction(project, column, which)
        case "change", [quantity, *measured]:
            return _change(project, quantity, measured)
        case _:
            return None


def _proof(project: AuditProject, row: str) -> Proof | None:
    return next((one for one in proofs_of(project) if one.measure.row_id == row), None)


def _counted(project: AuditProject, which: str) -> Trace | None:
    chosen = {
        "count": lambda _: True,
        "low": lambda one: not is_costly(one),
        "high": is_costly,
    }.get(which)
    if chosen is None:
        return None
    found = [one for one in sorted(measures_of(project), key=in_order) if chosen(one)]
    children = tuple(Trace(f"{one.code} {one.name}", Fraction(1), "项") for one in found)
    return Trace("方案项数", Fraction(len(found)), "项", source=_SOURCE, children=children)


def _of_measure(
    project: AuditProject, row: str, of: Sequence[str], answered: Answered
) -> Trace | None:
    proof = _proof(project, row)
    if proof is None:
        return None
    match of:
        case ["cost" | "saving" as column]:
            return answered(cell_key(TABLE, row, column))
        case ["other"]:
            return _other(project, proof.measure, answered)
        case [which] if which in _ACTUAL:
            return answered(cell_key(RESULTS, row, _ACTUAL[which]))
        case [stream]:
            return _amount(project, proof, stream, answered, measured=False)
        case [stream, "measured"]:
            return _amount(project, proof, stream, answered, measured=True)
        case [stream, "ratio"]:
            return _ratio(project, proof, stream, answered)
        case [stream, "worth"]:
            return _worth(project, proof.measure, stream, answered)
        case _:
            return None


def _amount(
    project: AuditProject, proof: Proof, stream_id: str, answered: Answered, *, measured: bool
) -> Trace | None:
    """A year's amount of a stream: as typed, or as it follows from another one of the measure."""
    amounts = proof.measured if measured else proof.measure.savings
    if stream_id not in amounts:
        return None
    stream = stream_of(project, stream_id)
    typed = answered(cell_key(RESULTS if measured else SAVINGS, proof.measure.row_id, stream_id))
    word = "实测" if measured else "预计"
    label = f"{proof.measure.code} {stream.title}（{word}）"
    if typed is not None:
        return Trace(label, amounts[stream_id], stream.unit, source=typed.source, note=typed.note, key=typed.key)  # fmt: skip
    made = "没有单独填写，由本方案另一项节约量按现状的收集、治理推出"
    return Trace(label, amounts[stream_id], stream.unit, note=made)


def _ratio(project: AuditProject, proof: Proof, stream_id: str, answered: Answered) -> Trace | None:
    ratio = proof.ratio(stream_id)
    real = _amount(project, proof, stream_id, answered, measured=True)
    promised = _amount(project, proof, stream_id, answered, measured=False)
    if ratio is None or real is None or promised is None:
        return None
    said = f"{_said(real)} × 100 ÷ {_said(promised)}"
    return Trace("实测÷预计", ratio * 100, "%", formula=said, children=(real, promised))


def _said(one: Trace) -> str:
    assert isinstance(one.value, Fraction)
    return f"{brief(one.value)} {one.unit}".strip()


def _price(project: AuditProject, stream_id: str, answered: Answered) -> Trace | None:
    """元 a unit: a figure of the bills, an answer, or the price of a metal in the list of materials."""
    stream = stream_of(project, stream_id)
    price = price_of(project, stream)
    if price is None:
        return None
    label = f"{stream.title}单价"
    if stream.price and stream.price in project.derivation.quantities:
        found = project.derivation.figure(stream.price).trace
        return Trace(label, price, f"元/{stream.unit}", children=(found,))
    said = answered("measures.drain_price") if stream_id == "drain" else None
    source = said.source if said else "原辅材料表的单价"
    return Trace(label, price, f"元/{stream.unit}", source=source, note=said.note if said else "")


def _worth(
    project: AuditProject, measure: Measure, stream_id: str, answered: Answered
) -> Trace | None:
    amount = measure.savings.get(stream_id)
    price = _price(project, stream_id, answered)
    if amount is None or price is None or not isinstance(price.value, Fraction):
        return None
    proof = _proof(project, measure.row_id)
    assert proof is not None
    saved = _amount(project, proof, stream_id, answered, measured=False)
    worth = Fraction(round_half_up(amount * price.value / _YUAN, 2))
    stream = stream_of(project, stream_id)
    formula = f"{brief(amount)} {stream.unit} × {_said(price)} ÷ 10000"
    children = tuple(one for one in (saved, price) if one is not None)
    return Trace(
        f"{measure.code} {stream.title}", worth, "万元", formula=formula, children=children
    )


def _other(project: AuditProject, measure: Measure, answered: Answered) -> Trace | None:
    if measure.saving is None:
        return None
    found = (_worth(project, measure, one, answered) for one in measure.savings)
    parts = tuple(one for one in found if one is not None)
    left = measure.saving
    said = [f"{brief(measure.saving)} 万元"]
    for one in parts:
        assert isinstance(one.value, Fraction)
        left -= one.value
        value = display(one.value, 2)
        said.append(f"（{value} 万元）" if one.value < 0 else f"{value} 万元")
    whole = answered(cell_key(TABLE, measure.row_id, "saving"))
    children = (*([] if whole is None else [whole]), *parts)
    label = f"{measure.code} 其他节约减去运行费用"
    return Trace(label, left, "万元", formula=" − ".join(said), children=children)


# ------------------------------------------------------------------ economics


_TITLES = {
    "I": ("总投资费用 I", "万元"), "P": ("年运行费用节省 P", "万元/a"), "n": ("计算期 n", "a"), "D": ("年折旧费 D", "万元/a"),
    "T": ("应税利润 T", "万元/a"), "E": ("净利润 E", "万元/a"), "F": ("年增加现金流量 F", "万元/a"), "N": ("投资偿还期 N", "a"),
    "NPV": ("净现值 NPV", "万元"), "NPVR": ("净现值率 NPVR", "%"), "IRR": ("内部收益率 IRR", "%"),
}  # fmt: skip


def _economics(
    project: AuditProject, row: str, name: str, measured: bool, answered: Answered
) -> Trace | None:
    """An index of the handbook down to the investment and the benefit."""
    proof = _proof(project, row)
    if proof is None or name not in _TITLES:
        return None
    cost, saving = (proof.cost, proof.saving) if measured else (None, None)
    found = economics_of(project, proof.measure, cost, saving)
    if not isinstance(found, Economics):
        return None
    typed = {
        "I": answered(cell_key(RESULTS if measured else TABLE, row, "cost")),
        "P": answered(cell_key(RESULTS if measured else TABLE, row, "saving")),
    }
    return _index(proof.measure, found, name, typed)


def _index(
    measure: Measure, found: Economics, name: str, typed: Mapping[str, Trace | None]
) -> Trace | None:
    case = found.case
    values: dict[str, Fraction | None] = {
        "I": case.cost, "P": case.annual_benefit, "n": Fraction(case.life), "D": found.D, "T": found.T, "E": found.E,
        "F": found.F, "N": found.N, "NPV": found.NPV, "NPVR": found.NPVR,
        "IRR": None if found.IRR is None else found.IRR * 100,
    }  # fmt: skip
    value = values[name]
    if value is None:
        return None

    def said(one: str) -> str:
        known = values[one]
        assert known is not None
        text = display(known, 0 if one == "n" else 2)
        return f"（{text}）" if known < 0 else text

    rate = brief(case.discount_rate * 100)
    formulas = {
        "D": (f"{said('I')} ÷ {said('n')}", "I", "n"),
        "T": (f"{said('P')} − {said('D')}", "P", "D"),
        "E": (f"{said('T')} ×（1 − {brief(case.tax_rate * 100)}%）" if found.T > 0 else said("T"), "T"),
        "F": (f"{said('E')} + {said('D')}", "E", "D"),
        "N": (f"{said('I')} ÷ {said('F')}", "I", "F"),
        "NPV": (f"Σ F ÷（1＋{rate}%）^j（j＝1～{case.life}）－ I", "F", "I"),
        "NPVR": (f"{said('NPV')} × 100 ÷ {said('I')}" if case.cost else "", "NPV", "I"),
        "IRR": ("使 Σ F ÷（1＋IRR）^j － I＝0 的 IRR", "F", "I"),
    }  # fmt: skip
    title, unit = _TITLES[name]
    label = f"{measure.code} {title}"
    if name not in formulas:
        one = typed.get(name)
        source, note, key = (one.source, one.note, one.key) if one else ("", "", "")
        source = source or ("按填报或设备类别的默认计算期" if name == "n" else "")
        return Trace(label, value, unit, source=source, note=note, key=key)
    formula, *parts = formulas[name]
    children = tuple(
        one for part in parts if (one := _index(measure, found, part, typed)) is not None
    )
    note = "算式中的数已修约，按未修约的数计算" if name not in ("NPV", "IRR") else ""
    return Trace(label, value, unit, formula=formula, note=note, children=children)


# ------------------------------------------------------------------ sums


def _sum(label: str, unit: str, places: int, parts: Iterable[Trace]) -> Trace | None:
    """A sum of what is printed: each part is rounded first."""
    children = tuple(parts)
    values = [Fraction(round_half_up(one.value, places)) for one in children if isinstance(one.value, Fraction)]  # fmt: skip
    if not values:
        return None
    said = " + ".join(f"（{display(v, places)}）" if v < 0 else display(v, places) for v in values)
    note = "各数先修约再相加"
    whole = sum(values, Fraction(0))
    return Trace(label, whole, unit, formula=said, note=note, children=children)


def _planned(project: AuditProject, column: str, answered: Answered) -> Trace | None:
    """What the measures carried out cost, or bring, as planned."""
    titles = {"cost": ("计划投资", "万元"), "saving": ("预计效益", "万元/a")}
    if column not in titles:
        return None
    title, unit = titles[column]
    parts = []
    for proof in proofs_of(project):
        value = getattr(proof.measure, column)
        if not counts(proof) or value is None:
            continue
        typed = answered(cell_key(TABLE, proof.measure.row_id, column))
        label = f"{proof.measure.code} {proof.measure.name}"
        parts.append(Trace(label, value, unit, source=typed.source if typed else "", note=typed.note if typed else "", key=typed.key if typed else ""))  # fmt: skip
    return _sum(f"列入实施的方案{title}", unit, 2, parts)


def _kind_sum(project: AuditProject, kind: str, which: str, answered: Answered) -> Trace | None:
    """Of 无/低费, 中/高费 or all: how many, what was planned, what was spent and measured."""

    def is_of(measure: Measure) -> bool:
        return kind == "all" or is_costly(measure) is (kind == "high")

    if which == "proposed":
        return _counted(project, "count" if kind == "all" else kind)
    proofs = [one for one in proofs_of(project) if is_of(one.measure)]
    by_row = {one.measure.row_id: one for one in proofs}
    if which in ("taken", "done"):
        rows = performance(project, only_done=which == "done").rows
        chosen = [one for one in rows if one.key in by_row]
        children = tuple(Trace(f"{one.texts['number']} {one.texts['name']}", Fraction(1), "项") for one in chosen)  # fmt: skip
        title = "已完成" if which == "done" else "列入实施"
        return Trace(f"{title}的方案", Fraction(len(chosen)), "项", children=children)
    column = which.removeprefix("actual_")
    unit = {"cost": "万元", "saving": "万元/a"}.get(column)
    if unit is None:
        return None
    parts = []
    if which == column:
        parts = [
            Trace(f"{one.measure.code} {one.measure.name}", value, unit, source=_SOURCE)
            for one in proofs
            if counts(one) and (value := getattr(one.measure, column)) is not None
        ]
    else:
        for row in performance(project, only_done=True).rows:
            trace = _of_row(project, row.key, column, answered)
            if row.key in by_row and column in row.values and trace is not None:
                parts.append(Trace(trace.label, row.values[column], unit, source=trace.source, note=trace.note, key=trace.key))  # fmt: skip
    return _sum("各方案之和", unit, 2, parts)


def _scope(project: AuditProject, head: str) -> tuple[ResultRow, ...]:
    rows = performance(project, only_done=head == "performance-done").rows
    if head == "performance-measured":
        return tuple(one for one in rows if one.is_measured)
    if head == "performance-expected":
        return tuple(one for one in rows if not one.is_measured)
    return rows


def _column_sum(rows: Iterable[ResultRow], column_id: str) -> Trace | None:
    column = next((one for one in PERFORMANCE if one.id == column_id), None)
    chosen = tuple(rows)
    if column_id in ("count", "done"):
        return Trace("项数", Fraction(len(chosen)), "项")
    if column is None:
        return None
    parts = (
        Trace(
            f"{row.texts['number']} {row.texts['name']}",
            row.values[column_id],
            column.unit,
            note="实测" if row.is_measured else "预计",
        )
        for row in chosen
        if column_id in row.values
    )
    return _sum(f"绩效表{column.title}合计", column.unit, column.places, parts)


def _without_column(project: AuditProject, title: str) -> Trace | None:
    """Of the column 其他: what has none of its own."""
    found: Performance = performance(project)
    parts = [
        Trace(f"{row.texts['number']} {row.texts['name']}", amount, unit)
        for row in found.rows
        for (name, unit), amount in row.others.items()
        if name == title
    ]
    if not parts:
        return None
    values = [one.value for one in parts if isinstance(one.value, Fraction)]
    said = " + ".join(map(brief, values))
    unit = parts[0].unit
    return Trace(title, sum(values, Fraction(0)), unit, formula=said, children=tuple(parts))


def _of_row(project: AuditProject, row_id: str, column_id: str, answered: Answered) -> Trace | None:
    """A cell of the 绩效表: of money what was typed, of the rest the streams it is added up of."""
    rows = (*performance(project).rows, *performance(project, only_done=True).rows)
    row = next((one for one in rows if one.key == row_id and column_id in one.values), None)
    column = next((one for one in PERFORMANCE if one.id == column_id), None)
    proof = _proof(project, row_id)
    if row is None or column is None or proof is None:
        return None
    label = f"{row.texts['number']} {column.title}"
    if column_id in ("cost", "saving"):
        actual = answered(cell_key(RESULTS, row_id, column_id)) if proof.is_done else None
        typed = actual or answered(cell_key(TABLE, row_id, column_id))
        return None if typed is None else Trace(label, row.values[column_id], column.unit, source=typed.source, note=typed.note, key=typed.key)  # fmt: skip
    amounts = proof.measured if row.is_measured else proof.measure.savings
    parts = []
    for stream_id, amount in amounts.items():
        value, formula, factor = _in_column(project, stream_id, amount, column_id)
        if value is None:
            continue
        source = _amount(project, proof, stream_id, answered, measured=row.is_measured)
        children = tuple(one for one in (source, factor) if one is not None)
        title = stream_of(project, stream_id).title
        parts.append(Trace(title, value, column.unit, formula=formula, children=children))
    if not parts:
        return None
    if len(parts) == 1:
        one = parts[0]
        return Trace(label, row.values[column_id], column.unit, formula=one.formula, children=one.children)  # fmt: skip
    said = " + ".join(brief(one.value) for one in parts if isinstance(one.value, Fraction))
    return Trace(label, row.values[column_id], column.unit, formula=said, children=tuple(parts))


def _in_column(
    project: AuditProject, stream_id: str, amount: Fraction, column_id: str
) -> tuple[Fraction | None, str, Trace | None]:
    """(what a stream brings to a column of the 绩效表, how, the factor); None where it brings nothing."""
    stream = stream_of(project, stream_id)
    said = f"{brief(amount)} {stream.unit}"
    if column_id in ("tce", "co2"):
        factor = project.derivation.factors.get(stream.tce if column_id == "tce" else stream.co2)
        if factor is not None:
            source = "，".join(filter(None, (factor.source, factor.region, factor.year)))
            behind = Trace(factor.title, factor.value, factor.unit, source=source, verification=factor.verification, note=factor.note)  # fmt: skip
            formula = f"{said} × {brief(factor.value)} {factor.unit} ÷ 1000"
            return amount * factor.value / 1000, formula, behind
        if column_id == "tce" and stream_id == "other_energy":
            return amount, said, None
        return None, "", None
    if stream.result != column_id:
        return None, "", None
    if column_id == "electricity":
        return amount / _YUAN, f"{said} ÷ 10000", None
    if column_id == "water":
        return amount, f"{said}，1 m³ 水按 1 t 计", None
    if stream.per_tonne == 1:
        return amount, said, None
    if stream.per_tonne:
        return amount / stream.per_tonne, f"{said} ÷ {stream.per_tonne}", None
    return None, "", None


def _reduction(project: AuditProject, column_id: str, which: Sequence[str]) -> Trace | None:
    measured = "measured" in which
    column = next((one for one in PERFORMANCE if one.id == column_id), None)
    if column is None:
        return None
    found = next((one for one in reductions(project, measured=measured) if one.id == column_id), None)  # fmt: skip
    if found is None:
        return None
    parts = []
    for proof in proofs_of(project):
        if not counts(proof) or (measured and not proof.is_done):
            continue
        amounts = proof.measured if measured else proof.measure.savings
        values = [_in_column(project, name, amount, column_id)[0] for name, amount in amounts.items()]  # fmt: skip
        known = [one for one in values if one is not None]
        if known:
            label = f"{proof.measure.code} {proof.measure.name}"
            parts.append(Trace(label, sum(known, Fraction(0)), column.unit, note="实测" if measured else "预计"))  # fmt: skip
    title = f"{column.title}合计"
    if "together" in which:
        note = "同一处的几个方案节约同一种资源，扣除重复后"
        return Trace(title, found.together, column.unit, note=note, children=tuple(parts))
    return _sum(title, column.unit, column.places, parts)


def _change(project: AuditProject, quantity_id: str, which: Sequence[str]) -> Trace | None:
    """A figure of the firm with its measures; beside it, how it is worked out now."""
    found = next(
        (one for one in figure_changes(project, [quantity_id]) if one.quantity_id == quantity_id),
        None,
    )
    measured = "measured" in which
    value = None if found is None else found.measured if measured else found.planned
    if found is None or value is None:
        return None
    said = "按实测的节约量" if measured else "按预计的节约量"
    note = f"{said}从现在的数中扣除后，用同一算式重新计算"
    now = project.derivation.figure(quantity_id).trace
    later = Trace(f"{found.title}（方案做完）", value, found.unit, note=note, children=(now,))
    if "percent" not in which:
        return later
    if not found.now:
        return None
    was, then = (display(one, found.decimals) for one in (found.now, value))
    said = f"（{then} − {was}） × 100 ÷ {was}"
    return Trace(
        "变化", (value - found.now) / found.now * 100, "%", formula=said, children=(later, now)
    )
