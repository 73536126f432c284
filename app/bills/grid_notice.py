"""The electricity notice of the southern grid (电费通知单), from words with places."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.bills.amounts import day, half_step, money_in_words, month_of, number
from app.bills.layouts import head_of, layout
from app.bills.page import Place, Sheet, Word, lines_of, plain, value_after
from app.bills.reading import Check, MeterRow, Reading

_ITEM = re.compile(r"^[(](\d{1,2})[)]")
_CENT = Decimal("0.01")


def is_notice(sheet: Sheet) -> bool:
    flat = plain(sheet.text())
    return layout("grid_notice")["title"] in flat or ("示数类型" in flat and "电量" in flat)


def read_notices(sheet: Sheet, file: str) -> list[Reading]:
    """One reading for every notice of the document; a notice with a total for each metering point gives one for each."""
    return [_notice(part, file) for part in _parts(sheet)]


def _parts(sheet: Sheet) -> list[Sheet]:
    """The sheet cut where a new notice begins; a table going on on the next page stays with its notice."""
    data = layout("grid_notice")
    titles = [word.y0 for word in sheet.words if data["title"] in word.plain]
    tops = sorted(titles)
    starts = [
        top
        for before, top in zip([None, *tops], tops, strict=False)
        if before is None or top - before > 60
    ]
    if not starts:
        starts = [0.0]
    starts[0] = 0.0
    bottoms = [*starts[1:], sum(height for _, height in sheet.sizes) + 1]
    whole = [sheet.part(top, bottom) for top, bottom in zip(starts, bottoms, strict=True)]
    return [one for part in whole for one in _points(part)]


def _points(sheet: Sheet) -> list[Sheet]:
    """A notice cut by metering point, where each has a total of its own."""
    data = layout("grid_notice")["labels"]
    tops = sorted(word.y0 for word in sheet.words if re.search(data["point"], word.plain))
    totals = sorted(word.y0 for word in sheet.words if re.search(data["money"], word.plain))
    if len(tops) < 2 or len(totals) != len(tops):
        return [sheet]
    # what stands above the first point (name, account) belongs to all of them
    head = tuple(word for word in sheet.words if word.centre < tops[0])
    bounds = [*tops, max(word.y1 for word in sheet.words) + 1]
    return [
        replace(sheet, words=(*head, *sheet.part(top, bottom).words))
        for top, bottom in pairwise(bounds)
    ]


@dataclass(frozen=True)
class _Register:
    """A row of a table of meters (the how manieth of the notice): cells by column."""

    table: int
    meter: str
    type: str
    cells: dict[str, Decimal]
    total: Word | None


@dataclass(frozen=True)
class _Charge:
    """A row of the table of charges, or a charge with a number of its own."""

    number: int
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    name: str


def _notice(sheet: Sheet, file: str) -> Reading:
    data = layout("grid_notice")
    labels = data["labels"]
    found = {name: value_after(sheet, label) for name, label in labels.items()}
    places: dict[str, Place] = {}
    for name, (_, words) in found.items():
        place = sheet.place(*words)
        if place is not None:
            places[name] = place
    doubts: list[str] = []
    checks: list[Check] = []

    start, end = day(found["start"][0]), day(found["end"][0])
    if start is None or end is None or end < start:
        start = end = None
        doubts.append("用电起止日没有读到")
    month = month_of(start, end) if start and end else ""
    if start and end and not month:
        doubts.append(f"用电 {start} 到 {end}，不是一个月，分到哪几个月要看过")

    registers = _registers(sheet, data)
    quantity, cells = _active(registers, data, checks, doubts, by_meter=not sheet.pictured)
    if cells and (place := sheet.place(*cells)) is not None:
        places["quantity"] = place
    charges = _charges(sheet, data)
    _check_charges(charges, registers, data, quantity, checks)

    printed = found["money"][0] or ""
    money = number(re.sub(r"元.*$", "", printed))
    if money is None:
        money = _money_of_lines(sheet, labels["money"])
    if money is None:
        doubts.append("应收电费合计没有读到")
    else:
        _check_money(
            money, charges, found["words"][0], quantity, found["average"][0], checks, doubts
        )
    buyer = found["name"][0] or found["dear"][0]
    return Reading(
        file,
        "electricity",
        document="notice",
        carrier="electricity",
        what="电费通知单",
        start=start,
        end=end,
        month=month,
        quantity=quantity,
        unit="千瓦时",
        money=money,
        buyer=buyer,
        account=found["account"][0] or found["settled"][0],
        point="、".join(_all_after(sheet, labels["point"])),
        meters=tuple(
            MeterRow(row.meter, row.type, row.cells.get("before"), row.cells.get("after"))
            for row in registers
            if row.type not in data["reactive"]
        ),
        checks=tuple(checks),
        doubts=tuple(doubts),
        places={
            ("money" if name == "money" else name): place
            for name, place in places.items()
            if name in ("money", "quantity", "start", "end")
        },
        pictured=sheet.pictured,
    )


def _all_after(sheet: Sheet, label: str) -> list[str]:
    values = []
    for word in sheet.words:
        if re.search(label, word.plain):
            text, _ = value_after(replace(sheet, words=(word, *sheet.words)), label)
            if text and text not in values:
                values.append(text)
    return values


# --- the table of meters ------------------------------------------------------------------------------------------------


def _columns(line: list[Word], heads: dict[str, list[str]]) -> dict[str, Word]:
    """The heads of a table in one line, by column."""
    columns: dict[str, Word] = {}
    for word in line:
        name = head_of(word.text, heads)
        if name and name not in columns:
            columns[name] = word
    return columns


def _head_words(
    sheet: Sheet, heads: dict[str, list[str]], anchor: str
) -> list[tuple[float, dict[str, Word]]]:
    """Every head row (bottom edge, columns): the cells within two lines' height of the one named `anchor`."""
    found: list[tuple[float, dict[str, Word]]] = []
    for word in sheet.words:
        if head_of(word.text, heads) != anchor or len(word.plain) > 12:
            continue
        if found and abs(found[-1][0] - word.y1) < 3 * word.height:
            continue
        near = [
            one
            for one in sheet.words
            if abs(one.centre - word.centre) < 2.2 * word.height and number(one.text) is None
        ]
        columns = _columns(sorted(near, key=lambda one: abs(one.centre - word.centre)), heads)
        found.append((max(one.y1 for one in columns.values()), columns))
    return found


def _nearest(word: Word, columns: dict[str, Word]) -> str:
    """The column a cell stands under."""
    return min(columns, key=lambda name: _apart(word, columns[name]))


def _apart(word: Word, head: Word) -> float:
    """Distance of the middles; a cell that ends flush with its head counts as near."""
    return min(
        abs(word.middle - head.middle), abs(word.x1 - head.x1) + 1, abs(word.x0 - head.x0) + 1
    )


def _registers(sheet: Sheet, data: dict[str, Any]) -> list[_Register]:
    types = {plain(name) for key in ("active", "active_total", "reactive") for name in data[key]}
    rows: list[_Register] = []
    heads = _head_words(sheet, data["meter_heads"], "type")
    for index, (top, columns) in enumerate(heads):
        if "type" not in columns or "total" not in columns:
            continue
        bottom = heads[index + 1][0] if index + 1 < len(heads) else float("inf")
        ends = [
            word.y0
            for word in sheet.words
            if word.y0 > top and re.match("电价信息|电费信息|类别$", word.plain)
        ]
        bottom = min([bottom, *ends])
        body = [word for word in sheet.words if top - 1 < word.centre < bottom]
        rows += _rows_of(body, columns, types, index)
    return rows


def _rows_of(
    body: list[Word], columns: dict[str, Word], types: set[str], table: int
) -> list[_Register]:
    rows = []
    slope = _slope(columns)
    level = [(word, word.centre - slope * word.middle) for word in body]
    anchors = [
        (word, height)
        for word, height in level
        if word.plain in types and _nearest(word, columns) == "type"
    ]
    for anchor, height in anchors:
        line = [word for word, other in level if abs(other - height) < anchor.height * 0.7]
        cells: dict[str, Decimal] = {}
        meter, total = "", None
        for word in line:
            if word is anchor:
                continue
            name = _nearest(word, columns)
            value = number(word.text)
            if name == "meter":
                meter = word.plain
            elif value is not None:
                if name in cells:
                    cells = {}  # two numbers in one column: the columns are not understood
                    break
                cells[name] = value
                if name == "total":
                    total = word
        rows.append(_Register(table, meter, anchor.plain, cells, total))
    return rows


def _slope(columns: dict[str, Word]) -> float:
    """How much a line falls to the right on a photograph (the heads lie on one straight line)."""
    words = sorted(columns.values(), key=lambda word: word.x0)
    left, right = words[0], words[-1]
    alike = [word for word in words if abs(word.height - left.height) < left.height * 0.5]
    right = alike[-1] if alike else right
    if right.middle - left.middle < 1:
        return 0.0
    return (right.centre - left.centre) / (right.middle - left.middle)


def _active(
    registers: list[_Register],
    data: dict[str, Any],
    checks: list[Check],
    doubts: list[str],
    *,
    by_meter: bool,
) -> tuple[Decimal | None, list[Word]]:
    """The kilowatt-hours that count, and the cells they stand in; checks of the rows are added."""
    counted: list[_Register] = []
    # the number of a meter may be misread on a picture; then the rows of a table are one
    groups: dict[tuple[int, str], list[_Register]] = {}
    for row in registers:
        groups.setdefault((row.table, row.meter if by_meter else ""), []).append(row)
    for own in groups.values():
        periods = [row for row in own if row.type in data["active"]]
        totals = [row for row in own if row.type in data["active_total"]]
        counted += periods or totals
        if periods and totals:
            added, stated = (
                sum((row.cells.get("total", Decimal(0)) for row in some), Decimal(0))
                for some in (periods, totals)
            )
            said = f"各时段相加 {added}，有功总 {stated}"
            checks.append(Check("total_row", stated == added, said))
    if not counted:
        doubts.append("电量表没有读到")
        return None, []
    if any("total" not in row.cells for row in counted):
        doubts.append("电量表里有一行的合计电量没有读到")
        return None, []
    for row in counted:
        _check_row(row, data, checks)
    quantity = sum((row.cells["total"] for row in counted), Decimal(0))
    return quantity, [row.total for row in counted if row.total is not None]


def _check_row(row: _Register, data: dict[str, Any], checks: list[Check]) -> None:
    cells, total = row.cells, row.cells["total"]
    if "read" in cells:
        added = sum((cells.get(name, Decimal(0)) for name in data["added"]), Decimal(0))
        taken = sum((cells.get(name, Decimal(0)) for name in data["taken"]), Decimal(0))
        # 免费 and 分表 are printed with their sign by some offices and without by others
        holds = total in (added + taken, added - taken)
        checks.append(
            Check("row_sum", holds, f"{row.type}：各栏相加 {added + taken}，合计 {total}")
        )
        before, after, ratio = (cells.get(name) for name in ("before", "after", "ratio"))
        if (
            before is not None
            and after is not None
            and ratio is not None
            and not cells.get("changed")
        ):
            span = (after - before) * ratio
            room = (half_step(before) + half_step(after)) * abs(ratio) + _CENT
            digits = Decimal(10) ** len(str(int(abs(before))))
            rolled = after < before and abs(span + digits * ratio - cells["read"]) <= room
            holds = rolled or abs(span - cells["read"]) <= room
            checks.append(
                Check(
                    "meter",
                    holds,
                    f"{row.type}：（{after} − {before}）× {ratio}，抄见 {cells['read']}",
                )
            )


# --- the table of charges -----------------------------------------------------------------------------------------------


def _charges(sheet: Sheet, data: dict[str, Any]) -> list[_Charge]:
    heads = data["charge_heads"]
    charges: dict[int, _Charge] = {}
    for top, columns in _head_words(sheet, heads, "item"):
        if not {"item", "amount"} <= set(columns):
            continue
        slope = _slope(columns)
        level = [
            (word, word.centre - slope * word.middle)
            for word in sheet.words
            if word.centre > top - 1
        ]
        for anchor, height in level:
            found = _ITEM.match(anchor.plain)
            if found is None or _nearest(anchor, columns) != "item" or "元" in anchor.plain:
                continue
            line = [word for word, other in level if abs(other - height) < anchor.height * 0.7]
            cells = {
                _nearest(word, columns): value
                for word in line
                if word is not anchor and (value := number(word.text)) is not None
            }
            if "amount" in cells:
                charges[int(found[1])] = _Charge(
                    int(found[1]),
                    cells.get("quantity"),
                    cells.get("price"),
                    cells["amount"],
                    anchor.plain[found.end() :],
                )
    for word in sheet.words:  # (5)调整电费(元) with its amount below
        found = _ITEM.match(word.plain)
        if found is None or int(found[1]) in charges or not re.search("元|费", word.plain):
            continue
        below = _below(sheet, word)
        value = None if below is None else number(below.text)
        if value is not None:
            charges[int(found[1])] = _Charge(int(found[1]), None, None, value, word.plain)
    return [charges[key] for key in sorted(charges)]


def _below(sheet: Sheet, head: Word) -> Word | None:
    """The cell under a head, within three lines' height."""
    under = [
        word
        for word in sheet.words
        if head.y1 - head.height * 0.4 < word.centre < head.y1 + 2.6 * head.height
        and word.x0 - head.height < head.middle < word.x1 + head.height
    ]
    return min(under, key=lambda word: word.centre, default=None)


def _check_charges(
    charges: list[_Charge],
    registers: list[_Register],
    data: dict[str, Any],
    quantity: Decimal | None,
    checks: list[Check],
) -> None:
    billed = Decimal(0)
    for charge in charges:
        if charge.quantity is None or charge.price is None:
            continue
        product = charge.quantity * charge.price
        room = abs(charge.quantity) * half_step(charge.price) + _CENT
        checks.append(
            Check(
                "price",
                abs(product - charge.amount) <= room,
                f"{charge.name}：{charge.quantity} × {charge.price}，金额 {charge.amount}",
            )
        )
        billed += charge.quantity
    if billed and quantity is not None:
        names = {charge.name for charge in charges if charge.quantity is not None}
        known = {plain(name) for key in ("active", "active_total") for name in data[key]}
        if names <= known:  # other items may bill the same hours a second time (输配电, 政府基金)
            checks.append(
                Check("billed", billed == quantity, f"计费电量相加 {billed}，合计电量 {quantity}")
            )


def _check_money(
    money: Decimal,
    charges: list[_Charge],
    words: str,
    quantity: Decimal | None,
    average: str,
    checks: list[Check],
    doubts: list[str],
) -> None:
    if charges:
        numbers = [charge.number for charge in charges]
        total = sum((charge.amount for charge in charges), Decimal(0))
        if numbers != list(range(1, len(numbers) + 1)):
            doubts.append("电费明细有的项没有读到，合计没法核")
        else:
            checks.append(
                Check(
                    "charges_sum",
                    abs(total - money) <= _CENT,
                    f"各项电费相加 {total}，应收合计 {money}",
                )
            )
    if words:
        said = money_in_words(words)
        if said is None:
            doubts.append(f"大写金额「{words}」没有读懂")
        else:
            checks.append(Check("words", said == money, f"大写 {said}，小写 {money}"))
    price = number(average.split("(")[0])
    if price is not None and quantity:
        room = half_step(price) + Decimal("0.0000001")
        worked = money / quantity
        checks.append(
            Check(
                "average",
                abs(worked - price) <= room,
                f"应收 ÷ 电量 = {worked:.4f}，平均电价 {price}",
            )
        )


def _money_of_lines(sheet: Sheet, label: str) -> Decimal | None:
    """The total when its label and figure stand in cells the line joins otherwise."""
    for line in lines_of(sheet.words):
        flat = "".join(word.plain for word in line)
        found = re.search(rf"(?:{label})[:]?¥?(?P<money>-?[\d,]+\.\d\d)", flat)
        if found is not None:
            return number(found["money"])
    return None
