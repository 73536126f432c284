"""E-invoices as printed pages (PDF, OFD without tags, pictures): from words with places to an Invoice."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.bills.amounts import day, number
from app.bills.invoice import Invoice, Line, line_of
from app.bills.layouts import head_of, layout
from app.bills.page import Place, Sheet, Word, lines_of, plain, right_of, value_after

_PAIRS = ("单位", "数量", "单价", "金额", "税额", "合计", "备注", "名称", "税率")
_SIGNERS = re.compile(
    r"^(开票人|收款人|复核人?|销售方|备|注|备注|购买方|方|信|息|售|销|购|买|盖章|\(章\)|下载次数.*)[:(]?$"
)
_SELLER_PARTS = re.compile(r"^(名称|纳税人识别号|统一社会信用代码|地址|开户行|电话)")


def is_invoice(sheet: Sheet) -> bool:
    flat = plain(sheet.text())
    return ("发票" in flat or "价税合计" in flat) and ("小写" in flat or "价税合计" in flat)


def invoices_of(sheet: Sheet) -> list[Invoice]:
    """One for each page, pages of one number put together."""
    found: list[Invoice] = []
    top = 0.0
    for _, height in sheet.sizes:
        page = sheet.part(top, top + height)
        top += height
        if not page.words or (not is_invoice(page) and not found):
            continue
        for part in _on_page(page):
            invoice = _invoice(part)
            if found and invoice.number and found[-1].number == invoice.number:
                found[-1] = _together(found[-1], invoice)
            else:
                found.append(invoice)
    return found


def _on_page(page: Sheet) -> list[Sheet]:
    """Two or three invoices printed on one sheet of paper are cut where the next number stands."""
    label = layout("invoice")["page"]["number"]
    tops = sorted(word.y0 for word in page.words if re.search(label, word.plain))
    tops = [
        top
        for before, top in zip([None, *tops], tops, strict=False)
        if before is None or top - before > 100
    ]
    if len(tops) < 2:
        return [page]
    starts = [float("-inf"), *(top - 30 for top in tops[1:])]
    return [page.part(a, b) for a, b in zip(starts, [*starts[1:], float("inf")], strict=True)]


def _together(first: Invoice, second: Invoice) -> Invoice:
    return replace(
        second,
        lines=(*first.lines, *second.lines),
        buyer=second.buyer or first.buyer,
        seller=second.seller or first.seller,
        issued=first.issued or second.issued,
        remark=f"{first.remark} {second.remark}".strip(),
        places={**first.places, **second.places},
    )


def _invoice(sheet: Sheet) -> Invoice:
    data = layout("invoice")["page"]
    sheet = replace(sheet, words=tuple(_paired(sheet.words)))
    number_text, number_words = value_after(sheet, data["number"])
    digits = re.sub(r"\D", "", number_text)
    if len(digits) not in (8, 20):
        all_digits = re.findall(r"(?<!\d)\d{20}(?!\d)", plain(sheet.text()))
        digits = all_digits[0] if len(set(all_digits)) == 1 else ""
    code = re.sub(r"\D", "", value_after(sheet, data["code"])[0])
    buyer, seller = _parties(sheet, rf"(?<!项目)(?<!服务)(?<!劳务)(?:{data['name']}|^称):")
    buyer_id, _ = _parties(sheet, rf"{data['id']}:")
    words, _ = value_after(sheet, data["words"])
    gross, gross_words = value_after(sheet, data["gross"])
    lines, net, tax, quantity_place, lost = _goods(sheet, data)
    places: dict[str, Place] = {}
    for name, some in (("money", gross_words), ("invoice", number_words)):
        if (place := sheet.place(*some)) is not None:
            places[name] = place
    if quantity_place is not None:
        places["quantity"] = quantity_place
    bottom = max((word.y1 for word in gross_words), default=None)
    remark = _remark(sheet, bottom)
    return Invoice(
        number=digits,
        code=code if len(digits) == 8 else "",
        issued=day(value_after(sheet, data["issued"])[0]),
        buyer=buyer,
        buyer_id=re.sub(r"[^0-9A-Z]", "", buyer_id),
        seller=seller,
        net=net,
        tax=tax,
        gross=gross,
        words=re.split(r"[(]小写", words)[0],
        remark=remark,
        lines=tuple(lines),
        places=places,
        lost=tuple(lost),
    )


def _paired(words: Iterable[Word]) -> list[Word]:
    """「数」 and 「量」 printed far apart are one head."""
    result: list[Word] = []
    for line in lines_of(words):
        for word in line:
            before = result[-1] if result else None
            if (
                before is not None
                and len(before.plain) == 1
                and before.plain + word.plain[:1] in _PAIRS
                and 0 <= word.x0 - before.x1 < 5 * word.height
                and abs(word.centre - before.centre) < word.height * 0.6
            ):
                result[-1] = replace(
                    before, text=before.text + word.text, x1=word.x1, y1=max(before.y1, word.y1)
                )
            else:
                result.append(word)
    return result


def _parties(sheet: Sheet, pattern: str) -> tuple[str, str]:
    """(buyer, seller): side by side on newer invoices, buyer above seller on older ones."""
    found: list[tuple[Word, str]] = []
    for word in sheet.words:
        hit = re.search(rf"(?:{pattern})(?P<rest>.*)", word.plain)
        if hit is None:
            continue
        rest = hit["rest"]
        if not rest:
            beside = right_of(sheet.words, word)
            rest = "" if beside is None else beside.plain
        # both parties may stand in one cell of a narrow page
        parts = re.split(pattern, rest)
        found.append((word, re.sub(r"(销|售|方|信|息)*$", "", parts[0])))
        if len(parts) > 1:
            found.append((replace(word, x0=word.middle), parts[-1]))
    if not found:
        return "", ""
    found.sort(key=lambda one: (round(one[0].centre / max(one[0].height * 2, 1)), one[0].x0))
    return found[0][1], found[1][1] if len(found) > 1 else ""


def _goods(
    sheet: Sheet, data: dict[str, Any]
) -> tuple[list[Line], str, str, Place | None, list[str]]:
    """(lines, net, tax, place of the first quantity, what could not be made out)."""
    heads = data["heads"]
    top = None
    columns: dict[str, Word] = {}
    for line in lines_of(sheet.words):
        named = {}
        for word in line:
            name = head_of(word.text, heads) if len(word.plain) < 16 else ""
            if name and name not in named:
                named[name] = word
        if "amount" in named and len(named) >= 4:
            columns, top = named, max(word.y1 for word in named.values())
            break
    if top is None:
        return [], "", "", None, ["明细的表头没有读到"]
    slope = _slope(columns)
    edges = _edges(columns)
    level = [
        (word, word.centre - slope * (word.middle - columns["amount"].middle))
        for word in sheet.words
    ]
    end = min(
        (
            height
            for word, height in level
            if height > top and re.match(r"合计|小计|价税合计", word.plain)
        ),
        default=float("inf"),
    )
    body = [(word, height) for word, height in level if top - 1 < height < end - 2]
    cells = [(word, height, _column(word, edges)) for word, height in body]
    anchors = [
        (word, height)
        for word, height, name in cells
        if name == "amount" and number(word.text) is not None
    ]
    lines, place, lost = _rows(sheet, cells, anchors)
    net = tax = ""
    for word, height in level:
        if abs(height - end) < word.height * 0.7 and number(word.text) is not None:
            name = _column(word, edges)
            if name == "amount":
                net = word.text
            elif name in ("line_tax", "rate"):
                tax = word.text
    return lines, net, tax, place, lost


def _slope(columns: dict[str, Word]) -> float:
    words = sorted(columns.values(), key=lambda word: word.x0)
    across = words[-1].middle - words[0].middle
    return 0.0 if across < 1 else (words[-1].centre - words[0].centre) / across


def _edges(columns: dict[str, Word]) -> list[tuple[str, float]]:
    """(column, its right edge) from left to right."""
    order = sorted(columns.items(), key=lambda item: item[1].x0)
    edges = [
        (name, (word.x1 + order[index + 1][1].x0) / 2 if index + 1 < len(order) else float("inf"))
        for index, (name, word) in enumerate(order)
    ]
    return edges


def _column(word: Word, edges: list[tuple[str, float]]) -> str:
    if word.plain.startswith("*"):
        return "item"
    return next(name for name, edge in edges if word.middle < edge)


def _rows(
    sheet: Sheet, cells: list[tuple[Word, float, str]], anchors: list[tuple[Word, float]]
) -> tuple[list[Line], Place | None, list[str]]:
    rows: list[dict[str, str]] = [{} for _ in anchors]
    places: list[Place | None] = [None for _ in anchors]
    lost: list[str] = []
    heights = [height for _, height in anchors]
    starred = sum(1 for word, _, name in cells if name == "item" and word.plain.startswith("*"))
    current = -1
    for word, height, name in sorted(cells, key=lambda one: (one[1], one[0].x0)):
        if not rows:
            break
        index = min(range(len(rows)), key=lambda i: abs(heights[i] - height))
        if name in ("item", "spec"):
            if name == "item" and starred == len(rows):
                current += word.plain.startswith("*")
                index = max(current, 0)
            rows[index][name] = rows[index].get(name, "") + word.text
            continue
        if abs(heights[index] - height) > word.height * 0.8:
            continue  # a second line of a number there is not
        if name in rows[index] and name != "unit":
            lost.append("明细的列对不齐，要看过")
        rows[index][name] = word.text
        if name == "quantity":
            places[index] = sheet.place(word)
    lines = [line_of(row, place) for row, place in zip(rows, places, strict=True)]
    return lines, next((place for place in places if place is not None), None), lost


def _remark(sheet: Sheet, bottom: float | None) -> str:
    """Everything below the total that is neither the seller's address nor a signature."""
    if bottom is None:
        return ""
    lines = lines_of(word for word in sheet.words if word.centre > bottom)
    return " ".join(
        word.text
        for line in lines
        for word in line
        if not _SIGNERS.match(word.plain) and not _SELLER_PARTS.match(word.plain)
    )
