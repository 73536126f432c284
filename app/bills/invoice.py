"""E-invoices: one value for XML, OFD and PDF, its checks, and the bills in it.

The date of an invoice is not the month of use: that is taken from the remark or the goods, or asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.bills.amounts import (
    half_step,
    lists_months,
    money_in_words,
    month_of,
    months,
    number,
    rate,
    span,
)
from app.bills.layouts import layout
from app.bills.page import Place, plain
from app.bills.reading import Check, Reading

_CENT = Decimal("0.01")


LINE_COLUMNS = ("item", "spec", "unit", "quantity", "price", "amount", "rate", "line_tax")


@dataclass(frozen=True)
class Line:
    """One line of goods, as printed; "" where the paper is empty. place: of the quantity."""

    item: str
    spec: str = ""
    unit: str = ""
    quantity: str = ""
    price: str = ""
    amount: str = ""
    rate: str = ""
    tax: str = ""
    place: Place | None = None


def line_of(cells: Mapping[str, str], place: Place | None) -> Line:
    """The line of cells by the names of the columns (resources/bills)."""
    item, spec, unit, quantity, price, amount, rate, tax = (
        cells.get(name, "") for name in LINE_COLUMNS
    )
    return Line(item, spec, unit, quantity, price, amount, rate, tax, place)


@dataclass(frozen=True)
class Invoice:
    """All texts as printed. places: of gross, quantity, remark. lost: what the reader knows it could not make out."""

    number: str = ""
    code: str = ""
    issued: date | None = None
    buyer: str = ""
    buyer_id: str = ""
    seller: str = ""
    net: str = ""
    tax: str = ""
    gross: str = ""
    words: str = ""
    remark: str = ""
    lines: tuple[Line, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """What a line is: the entry of resources/bills/kinds.json; None fields for a line of no interest."""

    kind: str
    carrier: str
    title: str
    units: dict[str, str]


def kind_of(item: str) -> Kind | None:
    """None for goods that are neither energy nor water."""
    flat = plain(item)
    name = flat.rpartition("*")[2]
    for entry in layout("kinds")["kinds"]:
        if any(re.search(word, name) for word in entry["never"]):
            continue
        if any(re.search(word, flat) or re.search(word, name) for word in entry["names"]):
            return Kind(entry["kind"], entry["carrier"], entry["title"], entry["units"])
    return None


def is_charge(item: str) -> bool:
    """A line that is money only: demand charge, sewage, funds."""
    name = plain(item).rpartition("*")[2]
    return any(re.search(word, name) for word in layout("kinds")["charges"])


def factor_of(unit: str, units: dict[str, str]) -> Decimal | None:
    """How many of the kind's first unit one `unit` is; None for a unit of another kind of amount."""
    flat = plain(unit).casefold().strip("()元/")
    for name, factor in units.items():
        if plain(name).casefold() == flat:
            return Decimal(factor)
    return None


def bills_of(invoice: Invoice, file: str, *, pictured: bool = False) -> list[Reading]:
    """One reading for each kind on the invoice; one of kind `other` when there is none."""
    checks, doubts = _invoice_checks(invoice)
    kinds: dict[tuple[str, str], tuple[Kind, list[Line]]] = {}
    rest: list[Line] = []
    charges: list[Line] = []
    for line in invoice.lines:
        kind = None if is_charge(line.item) else kind_of(line.item)
        if kind is not None:
            kinds.setdefault((kind.kind, kind.carrier), (kind, []))[1].append(line)
        elif is_charge(line.item):
            charges.append(line)
        else:
            rest.append(line)
    base = Reading(
        file,
        "other",
        document="invoice",
        what="、".join(dict.fromkeys(plain(line.item) for line in invoice.lines)),
        money=number(invoice.gross),
        net=number(invoice.net),
        invoice=(invoice.code + invoice.number) if len(invoice.number) < 20 else invoice.number,
        issued=invoice.issued,
        buyer=plain(invoice.buyer),
        buyer_id=plain(invoice.buyer_id),
        seller=plain(invoice.seller),
        account=_labelled(invoice.remark, layout("invoice")["account"]),
        point=_labelled(invoice.remark, layout("invoice")["meter"]),
        red=_red(invoice),
        checks=tuple(checks),
        doubts=(*invoice.lost, *doubts),
        places={name: place for name, place in invoice.places.items() if place is not None},
        pictured=pictured,
    )
    if not kinds:
        return [base]
    whole = len(kinds) == 1 and not rest
    return [
        _bill(base, invoice, kind, lines, whole=whole, charges=charges if len(kinds) == 1 else [])
        for kind, lines in kinds.values()
    ]


def _bill(
    base: Reading,
    invoice: Invoice,
    kind: Kind,
    lines: list[Line],
    *,
    whole: bool,
    charges: list[Line],
) -> Reading:
    checks, doubts = list(base.checks), list(base.doubts)
    start, end, month, why = _period(invoice, lines)
    if why:
        doubts.append(why)
    quantity, unit = _quantity(kind, lines, checks, doubts)
    money, net = base.money, base.net
    if not whole:
        own = [*lines, *charges]
        amounts = [number(line.amount) for line in own]
        taxes = [number(line.tax) for line in own]
        known = [value for value in amounts if value is not None]
        net = sum(known, Decimal(0)) if len(known) == len(amounts) else None
        paid = [value for value in taxes if value is not None]
        money = None if net is None or len(paid) != len(taxes) else net + sum(paid, Decimal(0))
    if money is None:
        doubts.append("价税合计没有读到")
    if base.red:
        doubts.append("是红字（负数）发票，看看冲的是哪一张")
    places = dict(base.places)
    if (place := lines[0].place) is not None:
        places["quantity"] = place
    return replace(
        base,
        kind=kind.kind,
        carrier=kind.carrier,
        what="、".join(dict.fromkeys(plain(line.item) for line in lines)),
        start=start,
        end=end,
        month=month,
        quantity=quantity,
        unit=unit,
        money=money,
        net=net,
        checks=tuple(checks),
        doubts=tuple(dict.fromkeys(doubts)),
        places=places,
    )


def _red(invoice: Invoice) -> str:
    """ "" for an ordinary invoice; else the number of the invoice it takes back, 「?」 when it is not named."""
    gross = number(invoice.gross)
    flat = plain(invoice.remark)
    marked = any(word in flat for word in layout("invoice")["red"])
    if not marked and (gross is None or gross >= 0):
        return ""
    found = re.search(r"(?<!\d)(\d{20}|\d{8})(?!\d)", flat)
    return found[1] if found else "?"


def _labelled(text: str, labels: list[str]) -> str:
    for label in labels:
        found = re.search(rf"(?:{label})[:]?(?P<value>[\w-]+)", plain(text))
        if found:
            # the next label may stand right behind it
            return re.split(r"[\u4e00-\u9fff]", found["value"])[0]
    return ""


# --- quantity -----------------------------------------------------------------------------------------------------------


def _quantity(
    kind: Kind, lines: list[Line], checks: list[Check], doubts: list[str]
) -> tuple[Decimal | None, str]:
    total, units = Decimal(0), []
    for line in lines:
        value = number(line.quantity)
        if not plain(line.unit) and not plain(line.quantity):
            doubts.append("票上没有数量")
            return None, ""
        if value is None:
            doubts.append(
                "数量没有读到" if not line.quantity else f"数量「{line.quantity}」没有读懂"
            )
            return None, line.unit
        factor = factor_of(line.unit, kind.units)
        if factor is None:
            doubts.append(
                f"单位「{line.unit}」不是{kind.title}的量" if line.unit else "票上没有单位"
            )
            return None, line.unit
        _check_price(line, value, checks, doubts)
        units.append((line.unit, factor))
        total += value * factor
    plain_units = {unit for unit, factor in units if factor == 1}
    if len(units) == 1 and len(plain_units) == 1:
        return total, plain_units.pop()
    if len({unit for unit, _ in units}) == 1 and len(plain_units) == 1:
        return total, plain_units.pop()
    return total, next(iter(kind.units))


def _check_price(line: Line, quantity: Decimal, checks: list[Check], doubts: list[str]) -> None:
    price, amount = number(line.price), number(line.amount)
    if price is None or amount is None:
        doubts.append("票上没有单价，数量没法核" if price is None else "金额没有读到")
        return
    product = quantity * price
    said = f"{quantity} × {price}，金额 {amount}"
    if abs(product - amount) <= _CENT:
        checks.append(Check("price", True, said))
        return
    room = abs(quantity) * half_step(price) + _CENT
    # A price rounded so far that it would let a wrong last digit of the quantity pass proves nothing.
    step = half_step(quantity) * 2 * abs(price)
    if abs(product - amount) <= room and room < step:
        checks.append(Check("price", True, said))
    elif abs(product - amount) <= room:
        doubts.append(
            f"单价 {price} 是四舍五入的，{said}，差 {abs(product - amount):.2f} 元，数量要看过"
        )
    else:
        checks.append(Check("price", False, said))


# --- checks of the whole invoice ----------------------------------------------------------------------------------------


def _invoice_checks(invoice: Invoice) -> tuple[list[Check], list[str]]:
    checks: list[Check] = []
    doubts: list[str] = []
    net, tax, gross = (number(text) for text in (invoice.net, invoice.tax, invoice.gross))
    amounts = [number(line.amount) for line in invoice.lines]
    if not invoice.lines:
        doubts.append("明细没有读到")
    if amounts and net is not None and None not in amounts:
        total = sum((value for value in amounts if value is not None), Decimal(0))
        checks.append(
            Check("lines_sum", abs(total - net) <= _CENT, f"各行金额相加 {total}，合计 {net}")
        )
    if net is not None and gross is not None:
        paid = tax if tax is not None else Decimal(0)
        checks.append(
            Check("gross", net + paid == gross, f"金额 {net} + 税额 {paid}，价税合计 {gross}")
        )
    for line in invoice.lines:
        part, amount, own = rate(line.rate), number(line.amount), number(line.tax)
        if part is not None and amount is not None and own is not None:
            holds = abs(amount * part - own) <= Decimal("0.06")
            checks.append(Check("tax", holds, f"{amount} × {part}，税额 {own}"))
    if gross is None:
        doubts.append("价税合计没有读到")
    elif plain(invoice.words):
        said = money_in_words(invoice.words)
        if said is None:
            doubts.append(f"大写金额「{plain(invoice.words)}」没有读懂")
        else:
            checks.append(Check("words", said == gross, f"大写 {said}，小写 {gross}"))
    return checks, doubts


# --- the month of use ---------------------------------------------------------------------------------------------------


def _period(invoice: Invoice, lines: list[Line]) -> tuple[date | None, date | None, str, str]:
    """(first day, last day, month, why it has to be asked)."""
    texts = [invoice.remark, *(f"{line.item} {line.spec}" for line in lines)]
    spans = {found for text in texts if (found := span(text)) is not None}
    if len(spans) == 1:
        start, end = spans.pop()
        month = month_of(start, end)
        why = "" if month else f"用量是 {start} 到 {end} 的，不是一个月，分到哪几个月要看过"
        return start, end, month, why
    if len(spans) > 1:
        return None, None, "", "票上写了几段起止日，是哪一段要看过"
    named: set[str] = set()
    for text in texts:
        named |= _named_months(text)
    if any(lists_months(text) for text in texts):
        return None, None, "", "票上写了几个月份，分到哪几个月要看过"
    if len(named) == 1:
        return None, None, named.pop(), ""
    if named:
        return None, None, "", f"票上写了几个月份（{'、'.join(sorted(named))}），是哪一个要看过"
    return None, None, "", "票上没有写是哪个月用的（开票日期不是用量的月份）"


def _named_months(text: str) -> set[str]:
    """Months behind a label (所属期：202501), or followed by 水费, 电费 …"""
    data: dict[str, Any] = layout("invoice")["month"]
    flat = plain(text)
    found: set[str] = set()
    for label in data["labels"]:
        for place in re.finditer(rf"(?:{label})[为是]?[:]?", flat):
            found |= months(flat[place.end() : place.end() + 9], bare=True)
    if found:
        return found
    for one in re.finditer(r"20\d\d(?:年\d{1,2}月|[-.]\d{1,2}|\d{2})", flat):
        if any(re.match(word, flat[one.end() :]) for word in data["after"]):
            found |= months(one[0], bare=True)
    return found
