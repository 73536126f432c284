"""The table of measures: rows a comparison on another page made, and what is worked out in each row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import brief, display, parse_exact
from app.assessment.trace import Trace
from app.audit.project import AuditProject
from app.forms.answer import Answer, AnswerBook, Change, Given, RowsChange, cell_key
from app.forms.arithmetic import ArithmeticFault, evaluate
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.measure_data import CostClass, Stream
from app.forms.question import TableQuestion
from app.forms.reference import Reference

TABLE = "measures.list"
SAVINGS = "measures.savings"
RESULTS = "measures.results"
PLANT = "after.plant"
_CODED = re.compile(r"(WD|ZG)\d+", re.IGNORECASE)
_TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Draft:
    """A row: its id, what it is called at first, and what is worked out anew each time (column -> answer text).
    savings: the same by stream. missing: keys of answers the comparison still needs; then there is nothing to write."""

    row_id: str
    name: str
    fixed: Mapping[str, str]
    worked: Mapping[str, str]
    missing: tuple[str, ...] = ()
    savings: Mapping[str, str] = field(default_factory=dict)


def draft(project: AuditProject, measure: str) -> Draft:
    """The row a comparison makes. measure: one of app.forms.question.MEASURES; KeyError for another."""
    return _DRAFTS[measure](project)


def is_written(project: AuditProject, row: Draft) -> bool:
    """True when the row is in the table already."""
    return row.row_id in project.book.row_ids(TABLE)


def changes(project: AuditProject, row: Draft) -> tuple[Change | RowsChange, ...]:
    """What has to change for the row to say what the comparison says now: nothing when it does. The user's own cells
    and a name that was reworded stay."""
    book = project.book
    rows = book.row_ids(TABLE)
    result: list[Change | RowsChange] = []
    wanted = dict(row.worked)
    if row.row_id not in rows:
        result.append(RowsChange(TABLE, rows, (*rows, row.row_id)))
        wanted.update({"name": row.name, **row.fixed})
    cells = [(cell_key(TABLE, row.row_id, column), text) for column, text in wanted.items()]
    if SAVINGS in project.index.tables:
        cells += [(cell_key(SAVINGS, row.row_id, one), text) for one, text in row.savings.items()]
    for key, text in cells:
        before = book.get(key)
        if not (isinstance(before, Given) and before.text == text):
            result.append(Change(key, before, Given(text)))
    return tuple(result)


def _plain(value: Fraction, places: int) -> str:
    """A figure as an answer: two decimals as the page shows them."""
    return display(value, places).replace(",", "").replace("−", "-")


def _is_open(answer: Answer) -> bool:
    return isinstance(answer, Missing) or (isinstance(answer, Given) and not answer.text)


def _substitution(project: AuditProject) -> Draft:
    """Less VOC, money and investment of a substitute; the investment may stay open."""
    book, derivation = project.book, project.derivation
    now, new = (book.text(f"voc.swap_{side}_name").strip() for side in ("now", "new"))
    name = f"{now or '现用物料'}换成{new or '替代物料'}"
    figures = {
        name: derivation.figure(f"voc.swap_{name}")
        for name in ("cut", "cut_share", "now_air", "new_air", "saving")
    }
    missing = tuple(dict.fromkeys(key for one in figures.values() for key in one.missing))
    values = {name: figure.value for name, figure in figures.items()}
    cut, share, saving = values["cut"], values["cut_share"], values["saving"]
    before, after = values["now_air"], values["new_air"]
    if cut is None or share is None or saving is None or before is None or after is None:
        return Draft("voc_swap", name, {}, {}, missing or ("voc.swap",))
    worked = {
        "effect": f"VOC 少产生 {display(cut, 0)} kg/a（{display(share, 1)} %），"
        f"少排 {display(before - after, 0)} kg/a",
        "saving": _plain(saving, 2),
    }
    cost = book.get("voc.swap_invest")
    if not _is_open(cost):
        worked["cost"] = cost.text if isinstance(cost, Given) else "0"
    savings = {"voc_made": _plain(cut, 2), "voc": _plain(before - after, 2)}
    fixed = {"aspect": "materials_energy"}
    used_for = _purpose_of(book, now)
    if used_for and f"{TABLE}.where" in project.index.places:
        fixed["where"] = used_for
    return Draft("voc_swap", name, fixed, worked, savings=savings)


def _purpose_of(book: AnswerBook, name: str) -> str:
    """What a material is used for, by the lists of materials; "" where none of them has it by this name."""
    for table in ("materials.list", "materials.toxic"):
        for row in book.row_ids(table):
            purpose = book.text(cell_key(table, row, "purpose")).strip()
            if purpose and name and book.text(cell_key(table, row, "name")).strip() == name:
                return purpose
    return ""


def _returnable(project: AuditProject) -> Draft:
    """After how many trips a returnable box has paid for itself, and what a trip saves from then on."""
    figure = project.derivation.figure("packaging.break_even")
    name = "一次性包装换成周转箱"
    one_way, back = (
        project.book.text(f"packaging.{key}") for key in ("one_way_cost", "return_cost")
    )
    if figure.missing or not one_way or not back:
        return Draft("returnable", name, {}, {}, figure.missing or ("packaging.box_price",))
    if figure.value is None:
        effect = f"{figure.words}：回程和清洗不比一次性包装便宜"
    else:
        saved = Fraction(one_way) - Fraction(back)
        effect = f"周转箱用 {display(figure.value, 1)} 次回本，以后每次省 {brief(saved)} 元"
    return Draft("returnable", name, {"aspect": "materials_energy"}, {"effect": effect})


_DRAFTS: Mapping[str, Callable[[AuditProject], Draft]] = {
    "voc.swap": _substitution,
    "packaging.returnable": _returnable,
}


def payback(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Years until a measure has paid for itself: investment ÷ saving of a year."""
    if table is None:
        return Worked()
    keys = [cell_key(table.id, row_id, column) for column in ("cost", "saving")]
    answers = [derivation.book.get(key) for key in keys]
    missing = tuple(key for key, answer in zip(keys, answers, strict=True) if _is_open(answer))
    if missing:
        return Worked(missing=missing)
    cost, saving = (
        Fraction(0) if isinstance(answer, NotApplicable) else Fraction(derivation.book.text(key))
        for key, answer in zip(keys, answers, strict=True)
    )
    if saving <= 0:
        return Worked(not_applicable="不省钱，没有偿还期")
    children = tuple(
        Trace(title, value, "万元", key=key)
        for title, value, key in zip(("投资", "一年省"), (cost, saving), keys, strict=True)
    )
    return Worked(
        value=cost / saving, formula=f"{brief(cost)} ÷ {brief(saving)}", children=children
    )


def codes_of(book: AnswerBook) -> Mapping[str, str]:
    """Row id -> WDn (无/低费) or ZGn (中/高费), each once. The number is the row's own, so that it stays when rows come and
    go; the letters follow the class."""
    rows = book.row_ids(TABLE)
    codes: dict[str, str] = {row: row.upper() for row in rows if _CODED.fullmatch(row)}
    taken = {int(code[2:]) for code in codes.values()}
    late = []
    for row in rows:
        if row in codes:
            continue
        number = int(row[1:]) if row[1:].isdecimal() else 0
        if not number or number in taken:
            late.append(row)
            continue
        taken.add(number)
        codes[row] = _letters(book, row) + str(number)
    for row in late:
        number = max(taken, default=0) + 1
        taken.add(number)
        codes[row] = _letters(book, row) + str(number)
    return codes


def code_of(book: AnswerBook, row_id: str) -> str:
    return codes_of(book).get(row_id, row_id)


def _letters(book: AnswerBook, row_id: str) -> str:
    level = book.text(cell_key(TABLE, row_id, "level"))
    if level:
        return "ZG" if level == "high" else "WD"
    cost = book.text(cell_key(TABLE, row_id, "cost"))
    low_below = book.text("measures.low_below") or _LOW_BELOW
    return "ZG" if cost and Fraction(cost) >= Fraction(low_below) else "WD"


_LOW_BELOW = (
    "10"  # 万元, where the project sets no limit of its own (design; no national one exists)
)


def cost_classes(book: AnswerBook, classes: tuple[CostClass, ...]) -> tuple[CostClass, ...]:
    """The classes with the limits of this project where it set its own."""
    own = {"low": book.text("measures.low_below"), "medium": book.text("measures.medium_below")}
    return tuple(
        replace(one, below=Fraction(own[one.id]), note="本项目的界限") if own.get(one.id) else one
        for one in classes
    )


def class_of(amount: Fraction, classes: tuple[CostClass, ...]) -> CostClass | None:
    """The first class the amount (万元) is below; a class below 0 is for nothing spent."""
    for one in classes:
        if one.below is None or amount < one.below or (one.below == 0 and amount == 0):
            return one
    return None


def class_limit(found: CostClass, cost: Fraction) -> str:
    """「中费：少于 100 万元（…）」: how far the class reaches, and whose limit that is."""
    limit = "没有上限" if found.below is None else f"少于 {brief(found.below)} 万元"
    return f"{f'{found.title}：{limit}' if cost else '不花钱'}（{found.note}）"


class MeasureRules:
    """What is worked out in the rows of the tables of measures."""

    def __init__(self, reference: Reference) -> None:
        self._streams = reference.streams
        self._classes = reference.economics.cost_classes if reference.economics else ()

    def code(self, derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
        name = derivation.book.text(cell_key(TABLE, row_id, "name"))
        return Worked(code_of(derivation.book, row_id)) if name else Worked()

    def cost_class(
        self, derivation: Derivation, _table: TableQuestion | None, row_id: str
    ) -> Worked:
        """By what it costs; said where 无低费 or 中高费 was chosen against the amount."""
        book = derivation.book
        key = cell_key(TABLE, row_id, "cost")
        cost = _amount(book.get(key))
        if cost is None:
            return Worked(missing=(key,))
        found = class_of(cost, cost_classes(book, self._classes))
        if found is None:
            return Worked()
        chosen = book.text(cell_key(TABLE, row_id, "level"))
        low = found.id in ("free", "low")
        note = class_limit(found, cost).removesuffix(f"（{found.note}）")
        if chosen and (chosen == "low") is not low:
            said = "无低费" if chosen == "low" else "中高费"
            return Worked(
                f"{found.title}，和「{said}」不一致",
                Tone.BAD,
                note=f"投资 {brief(cost)} 万元是{note}；改「要不要花钱」，或改本项目的界限",
            )
        return Worked(found.title, note=class_limit(found, cost))

    def worked(self, derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
        """The formula of a row with its numbers: what of which stream it saves in a year."""
        key = cell_key(TABLE, row_id, "formula")
        text = derivation.book.text(key).strip()
        if not text:
            return Worked()
        try:
            stream, value, children = formula_of(derivation, self._streams, row_id)
        except ArithmeticFault as fault:
            return Worked(str(fault), Tone.BAD, note=f"「{text}」")
        words = f"{stream.title} {display(value, 2)} {stream.unit}"
        return Worked(words, value=value, formula=text.partition("=")[2], children=children)

    def check(self, derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
        """No saving above what there is to save from."""
        said, children = [], []
        for stream in self._streams:
            amount = saved(derivation, self._streams, row_id, stream)
            if not amount or stream.more or stream.whole not in derivation.quantities:
                continue
            whole = derivation.figure(stream.whole)
            if whole.value is None:
                continue
            key = cell_key(SAVINGS, row_id, stream.id)
            children += [Trace(stream.title, amount, stream.unit, key=key), whole.trace]
            text = derivation.book.text(formula := cell_key(TABLE, row_id, "formula"))
            children.append(Trace("算式", text, key=formula))
            if amount > whole.value:
                said.append(
                    f"{stream.title}超过全年的 {display(whole.value, whole.decimals)} {stream.unit}"
                )
        if not said:
            return Worked("不超过全年" if children else "", children=tuple(children))
        return Worked("；".join(said), Tone.BAD, note="核对数量和单位", children=tuple(children))

    def result_check(
        self, derivation: Derivation, _table: TableQuestion | None, row_id: str
    ) -> Worked:
        """Dates that cannot be: before the audit, done before begun. ISO days compare as texts."""
        book = derivation.book
        keys = [cell_key(RESULTS, row_id, column) for column in ("started", "finished")]
        started, finished = (book.text(key) for key in keys)
        begun = book.text("team.start")
        children = tuple(
            Trace(title, text, key=key)
            for title, text, key in (
                ("开工", started, keys[0]), ("投用", finished, keys[1]), ("审核开始", begun, "team.start"),
            )
        )  # fmt: skip
        if begun and finished and finished < begun:
            said = f"投用在审核开始（{begun}）之前"
            return Worked(said, Tone.BAD, note="审核前做完的不算这一轮的方案", children=children)
        if started and finished and finished < started:
            return Worked("投用在开工之前", Tone.BAD, note="核对两个日期", children=children)
        return Worked("没有不对" if finished else "", children=children)

    def ratio(self, derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
        """Measured against predicted, stream by stream; nine tenths and less ask for a word."""
        book = derivation.book
        said, low, children = [], False, []
        for stream in self._streams:
            measured = _amount(book.get(cell_key(RESULTS, row_id, stream.id)))
            promised = saved(derivation, self._streams, row_id, stream)
            if measured is None or not promised:
                continue
            ratio = measured / promised
            low |= ratio < Fraction(9, 10)
            said.append(f"{stream.title} {display(ratio * 100, 0)}%")
            children.append(
                Trace(
                    stream.title,
                    ratio * 100,
                    "%",
                    formula=f"{brief(measured)} ÷ {brief(promised)}",
                    children=(
                        Trace(
                            "实测", measured, stream.unit, key=cell_key(RESULTS, row_id, stream.id)
                        ),
                        Trace(
                            "预计", promised, stream.unit, key=cell_key(SAVINGS, row_id, stream.id)
                        ),
                        Trace(
                            "算式", book.text(key := cell_key(TABLE, row_id, "formula")), key=key
                        ),
                    ),
                )
            )
        if not said:
            return Worked()
        note = book.text(cell_key(RESULTS, row_id, "note"))
        tone = Tone.UNSURE if low and not note else Tone.PLAIN
        return Worked(
            "，".join(said),
            tone,
            note="不到预计的九成，在「说明」里写一句为什么" if tone is Tone.UNSURE else "",
            children=tuple(children),
        )

    def plant_before(
        self, derivation: Derivation, _table: TableQuestion | None, row_id: str
    ) -> Worked:
        """What the bills of the base year say."""
        stream = next((one for one in self._streams if one.id == row_id), None)
        if stream is None or stream.whole not in derivation.quantities:
            return Worked(not_applicable="没有问这一项")
        figure = derivation.figure(stream.whole)
        return Worked(
            value=figure.value,
            missing=figure.missing,
            not_applicable=figure.not_applicable,
            children=(figure.trace,),
        )

    def plant_change(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Worked:
        """(before / output before - after / output after) x output after."""
        book = derivation.book
        keys = (cell_key(PLANT, row_id, "after"), "after.output_before", "after.output")
        after, made_before, made_after = (_amount(book.get(key)) for key in keys)
        before = self.plant_before(derivation, table, row_id)
        missing = tuple(key for key in keys if _amount(book.get(key)) is None)
        if after is None or not made_before or made_after is None or before.value is None:
            return Worked(missing=missing or before.missing, not_applicable=before.not_applicable)
        expected = before.value * made_after / made_before
        inputs = (("审核后", after), ("审核前产量", made_before), ("审核后产量", made_after))
        children = tuple(
            Trace(title, value, key=key) for (title, value), key in zip(inputs, keys, strict=True)
        )
        return Worked(
            value=expected - after,
            formula=f"{brief(before.value)} × {brief(made_after)} ÷ {brief(made_before)} − {brief(after)}",
            children=(*before.children, *children),
        )

    def measured_sum(
        self, derivation: Derivation, _table: TableQuestion | None, row_id: str
    ) -> Worked:
        """What the measures were measured to save, added up: savings may overlap, so it stands beside the plant's own."""
        book = derivation.book
        children = tuple(
            Trace(book.text(cell_key(TABLE, row, "name")), amount, key=key)
            for row in book.row_ids(TABLE)
            if (amount := _amount(book.get(key := cell_key(RESULTS, row, row_id)))) is not None
        )
        if not children:
            return Worked()
        total = sum((t.value for t in children if isinstance(t.value, Fraction)), Fraction(0))
        return Worked(value=total, children=children)

    def money(self, derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
        """Savings x prices of the bills + what else it saves, in 万元."""
        book = derivation.book
        terms: list[Trace] = []
        total, unpriced = Fraction(0), []
        for stream in self._streams:
            key = cell_key(SAVINGS, row_id, stream.id)
            amount = saved(derivation, self._streams, row_id, stream)
            if not amount:
                continue
            price = _price(derivation, stream)
            if price is None or not isinstance(price.value, Fraction):
                if stream.result or stream.per_tonne:
                    unpriced.append(stream.title)
                continue
            value = amount * price.value / _TEN_THOUSAND
            formula = f"{brief(amount)} {stream.unit} × {brief(price.value)} 元 ÷ 10000"
            one = Trace(f"一年省{stream.title}", amount, stream.unit, key=key)
            if _amount(book.get(key)) is None:
                worked = derivation.cell(TABLE, row_id, "worked").trace
                one = Trace(f"一年省{stream.title}", amount, stream.unit, children=(worked,))
            terms.append(Trace(stream.title, value, "万元", formula=formula, children=(one, price)))
            total += value
        key = cell_key(SAVINGS, row_id, "extra")
        extra = _amount(book.get(key))
        if extra:
            terms.append(Trace("其他省的钱", extra, "万元", key=key))
            total += extra
        if not terms:
            return Worked()
        note = f"没有单价，没有算进去：{'、'.join(unpriced)}" if unpriced else ""
        formula = " + ".join(
            brief(term.value) for term in terms if isinstance(term.value, Fraction)
        )
        return Worked(value=total, formula=formula, children=tuple(terms), note=note)


def formula_of(
    derivation: Derivation, streams: tuple[Stream, ...], row_id: str
) -> tuple[Stream, Fraction, tuple[Trace, ...]]:
    """(what is saved, how much of it a year, its inputs). A number may be the name of a figure of the audit
    (「V=清洗取水量」). ArithmeticFault when it cannot be worked out."""
    book = derivation.book
    key, input_key = (cell_key(TABLE, row_id, column) for column in ("formula", "inputs"))
    name, _, expression = book.text(key).replace("＝", "=").partition("=")
    stream = next((one for one in streams if name.strip() in (one.id, one.title)), None)
    if stream is None or not expression.strip():
        known = "、".join(one.title for one in streams[:6])
        raise ArithmeticFault(f"先写省的是什么，再写等号和算式；可以省：{known}……")
    values: dict[str, Fraction] = {}
    children = [Trace("算式", book.text(key), key=key)]
    for part in re.split(r"[;；\n]", book.text(input_key).replace("＝", "=")):
        variable, _, text = (piece.strip() for piece in part.partition("="))
        if not variable:
            continue
        figure = next(
            (one for one in derivation.quantities.values() if text in (one.id, one.title)), None
        )
        if figure is not None and text:
            known_figure = derivation.figure(figure.id)
            if known_figure.value is None:
                raise ArithmeticFault(f"「{figure.title}」还没有数")
            values[variable] = known_figure.value
            children.append(known_figure.trace)
            continue
        if not text:
            raise ArithmeticFault(f"「{variable}」还没有数")
        try:
            percent = text.endswith(("%", "％"))
            number = parse_exact(text.rstrip("%％").replace(",", ""))
        except ValueError:
            raise ArithmeticFault(f"「{variable}」的数「{text}」看不懂") from None
        values[variable] = number / 100 if percent else number
        children.append(Trace(variable, values[variable], key=input_key))
    return stream, evaluate(expression, values), tuple(children)


def saved(
    derivation: Derivation, streams: tuple[Stream, ...], row_id: str, stream: Stream
) -> Fraction | None:
    """What a row saves of a stream in a year: as typed, else as its formula says."""
    typed = _amount(derivation.book.get(cell_key(SAVINGS, row_id, stream.id)))
    if typed is not None or not derivation.book.text(cell_key(TABLE, row_id, "formula")).strip():
        return typed
    try:
        of, value, _ = formula_of(derivation, streams, row_id)
    except ArithmeticFault:
        return None
    return value if of.id == stream.id else None


def _amount(answer: Answer) -> Fraction | None:
    if isinstance(answer, NotApplicable):
        return Fraction(0)
    return Fraction(answer.text) if isinstance(answer, Given) and answer.text else None


def _price(derivation: Derivation, stream: Stream) -> Trace | None:
    """元 per unit, from the bills or as answered; None where there is none."""
    if not stream.price:
        return None
    if stream.price in derivation.quantities:
        return derivation.figure(stream.price).trace
    price = _amount(derivation.book.get(stream.price))
    unit = f"元/{stream.unit}"
    return None if price is None else Trace(f"{stream.title}单价", price, unit, key=stream.price)
