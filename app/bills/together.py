"""The bills of a folder judged together: what counts, what is asked, what is left out, and why.

Nothing is dropped: every reading keeps its entry, with the reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from app.bills.other_papers import is_paper
from app.bills.page import plain
from app.bills.reading import Check, Reading, State

_NEEDED = {
    "notice": ({"row_sum", "total_row", "billed"}, {"charges_sum", "words"}),
    "invoice": ({"price"}, {"words", "gross"}),
}

_GOES_ON = "meter_goes_on"


def judge(
    readings: Sequence[Reading], *, buyer: str = "", years: Iterable[int] = ()
) -> list[Reading]:
    """The same readings with state and why. buyer: the firm's name, "" = the one most bills name. years: those that are
    wanted, empty = the one most bills belong to."""
    judged = [_by_itself(reading) for reading in readings]
    judged = _continuous(judged)
    judged = _buyers(judged, buyer)
    judged = _years(judged, set(years))
    judged = _red_and_original(judged)
    judged = _same_invoice(judged)
    judged = _same_month(judged)
    return judged


def _ask(reading: Reading, why: str) -> Reading:
    if reading.state is State.LEFT_OUT:
        return reading
    if reading.state is State.ASK:
        return replace(
            reading, why=f"{reading.why}；{why}" if why not in reading.why else reading.why
        )
    return replace(reading, state=State.ASK, why=why)


def _leave_out(reading: Reading, why: str) -> Reading:
    return replace(reading, state=State.LEFT_OUT, why=why)


def _by_itself(reading: Reading) -> Reading:
    # judged a second time (another buyer, other years), what others said of it before does not count
    own = tuple(check for check in reading.checks if check.rule != _GOES_ON)
    reading = replace(reading, checks=own, repeats="")
    if reading.kind == "unread":
        return replace(reading, state=State.ASK, why="；".join(reading.doubts))
    if is_paper(reading.document):
        doubts = [*reading.doubts, *(f"对不上：{check.said}" for check in reading.failed)]
        if doubts:
            return replace(reading, state=State.ASK, why="；".join(doubts))
        return _leave_out(reading, f"是{reading.what}，不是账单，可以留作凭证")
    if reading.kind == "other" and not reading.carrier:
        what = reading.what or "这张票"
        if reading.checks or reading.money is not None:
            return _leave_out(reading, f"{what}：不是能源，也不是水，没有算进去")
        return replace(reading, state=State.ASK, why="；".join(reading.doubts) or f"{what}没有读懂")
    doubts = list(reading.doubts)
    doubts += [f"对不上：{check.said}" for check in reading.failed]
    if reading.kind == "other":
        doubts.append(f"是{_carrier_title(reading)}，单位和填法要看过")
    if reading.quantity is None and not any("量" in doubt for doubt in doubts):
        doubts.append("数量没有读到")
    if reading.quantity is not None and reading.quantity < 0:
        doubts.append("数量是负的")
    if not doubts:
        passed = {check.rule for check in reading.checks if check.holds}
        amounts, money = _NEEDED.get(reading.document, (set(), set()))
        if not passed & amounts:
            doubts.append("数量没有能核的地方，要看过")
        if not passed & money:
            doubts.append("金额没有能核的地方，要看过")
    if not reading.month and not any("月" in doubt for doubt in doubts):
        doubts.append("是哪个月的没有读到")
    if doubts:
        return replace(reading, state=State.ASK, why="；".join(dict.fromkeys(doubts)))
    return replace(reading, state=State.READ, why="")


def _carrier_title(reading: Reading) -> str:
    from app.bills.layouts import layout

    entries = layout("kinds")["kinds"]
    return next(
        (one["title"] for one in entries if one["carrier"] == reading.carrier), reading.what
    )


# --- between bills ------------------------------------------------------------------------------------------------------


def _continuous(readings: list[Reading]) -> list[Reading]:
    """Last month's reading is this month's first, register by register of the same meter."""
    ends: dict[tuple[str, str, object], tuple[Decimal, str]] = {}
    for reading in readings:
        for row in reading.meters:
            if row.meter and row.after is not None and reading.end is not None:
                key = (row.meter, row.register, reading.end + timedelta(days=1))
                ends.setdefault(key, (row.after, reading.file))
                ends.setdefault((row.meter, row.register, reading.end), (row.after, reading.file))
    result = []
    for reading in readings:
        checks = []
        for row in reading.meters:
            if row.before is None or reading.start is None:
                continue
            before = ends.get((row.meter, row.register, reading.start))
            if before is None or before[1] == reading.file:
                continue
            checks.append(
                Check(
                    _GOES_ON,
                    before[0] == row.before,
                    f"{row.register}：上月止码 {before[0]}（{before[1]}），本月起码 {row.before}",
                )
            )
        broken = [check for check in checks if not check.holds]
        reading = replace(reading, checks=(*reading.checks, *checks))
        result.append(_ask(reading, f"对不上：{broken[0].said}") if broken else reading)
    return result


def _counted(reading: Reading) -> bool:
    return reading.kind != "unread" and reading.state is not State.LEFT_OUT


def same_name(one: str, other: str) -> bool:
    """Whether two names are one firm's: full-width brackets and blanks do not matter."""
    return plain(one) == plain(other)


def _buyers(readings: list[Reading], buyer: str) -> list[Reading]:
    """Bills of another buyer are asked about."""
    names = Counter(
        plain(reading.buyer) for reading in readings if _counted(reading) and reading.buyer
    )
    if not buyer and names:
        ranked = names.most_common(2)
        if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
            both = "、".join(name for name, _ in ranked)
            return [
                _ask(reading, f"这批单据有两个购买方（{both}），哪个是本企业")
                if _counted(reading)
                else reading
                for reading in readings
            ]
        buyer = ranked[0][0]
    result = []
    for reading in readings:
        if not _counted(reading):
            result.append(reading)
        elif not reading.buyer:
            result.append(_ask(reading, "购买方没有读到"))
        elif buyer and not same_name(reading.buyer, buyer):
            result.append(_ask(reading, f"购买方是「{reading.buyer}」，不是「{buyer}」"))
        else:
            result.append(reading)
    return result


def _years(readings: list[Reading], years: set[int]) -> list[Reading]:
    """Bills of another year are left out."""
    counts = Counter(
        int(reading.month[:4]) for reading in readings if _counted(reading) and reading.month
    )
    if not years and counts:
        ranked = counts.most_common(2)
        if len(ranked) == 2 and ranked[0][1] == ranked[1][1]:
            two = "、".join(str(year) for year, _ in sorted(ranked))
            return [
                _ask(reading, f"这批单据有几个年份（{two}），要哪一年")
                if _counted(reading)
                else reading
                for reading in readings
            ]
        years = {ranked[0][0]}
    wanted = "、".join(str(year) for year in sorted(years))
    return [
        _leave_out(reading, f"是 {reading.month} 的，不在要填的年份（{wanted}）里")
        if years and _counted(reading) and reading.month and int(reading.month[:4]) not in years
        else reading
        for reading in readings
    ]


def _red_and_original(readings: list[Reading]) -> list[Reading]:
    """A red invoice and the one it takes back in full cancel each other; part of one is asked about."""
    result = list(readings)
    for index, red in enumerate(readings):
        if not red.red or not _counted(red):
            continue
        others = [
            at
            for at, other in enumerate(readings)
            if not other.red and red.red != "?" and other.invoice == red.red
        ]
        if not others:
            continue
        blue = readings[others[0]]
        if blue.money is not None and red.money is not None and blue.money + red.money == 0:
            result[index] = _leave_out(red, f"红字发票，和被冲的「{blue.file}」抵掉，两张都没有算")
            for at in others:
                result[at] = _leave_out(readings[at], f"被红字发票「{red.file}」冲掉，两张都没有算")
        else:
            for at in others:
                result[at] = _ask(readings[at], f"被红字发票「{red.file}」冲掉一部分")
    return result


def _same_invoice(readings: list[Reading]) -> list[Reading]:
    """The same invoice twice (as PDF and XML, or the file itself) is one bill."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, reading in enumerate(readings):
        if reading.invoice and _counted(reading):
            groups[reading.invoice, reading.kind, reading.what].append(index)
    result = list(readings)
    for group in groups.values():
        _keep_best(result, group, "是同一张发票（号码一样）")
    return result


def _keep_best(result: list[Reading], group: list[int], words: str) -> None:
    """Of readings of one bill keep the surest; where their figures differ, all are asked about."""
    if len(group) < 2:
        return
    figures = {(result[at].quantity, result[at].money) for at in group}
    best = min(group, key=lambda at: (_rank(result[at]), at))
    for at in group:
        if at == best:
            continue
        result[at] = _leave_out(result[at], f"和「{result[best].file}」{words}，只算一次")
    if len(figures) > 1:
        others = "、".join(result[at].file for at in group if at != best)
        result[best] = _ask(result[best], f"和「{others}」{words}，数却不一样")


def _rank(reading: Reading) -> tuple[bool, bool, bool]:
    return (reading.state is not State.READ, reading.pictured, reading.document != "notice")


def _same_month(readings: list[Reading]) -> list[Reading]:
    """A notice and its invoice, a PDF and its photograph; two bills of one month that may be two meters."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, reading in enumerate(readings):
        if _counted(reading) and reading.month and reading.carrier and not reading.red:
            groups[reading.carrier, reading.month].append(index)
    result = list(readings)
    for group in groups.values():
        _one_month(result, group)
    return _overlapping(result)


def _one_month(result: list[Reading], group: list[int]) -> None:
    left = list(group)
    while left:
        first = min(left, key=lambda at: (_rank(result[at]), at))
        left.remove(first)
        for at in list(left):
            one, other = result[first], result[at]
            if _differ(one.buyer, other.buyer):
                continue
            if one.document != other.document:
                invoice, notice = (first, at) if one.document == "invoice" else (at, first)
                if one.quantity is not None and one.quantity == other.quantity:
                    result[invoice] = _leave_out(
                        replace(result[invoice], repeats=result[notice].file),
                        f"和「{result[notice].file}」是同一个月的同一笔，通知单已经算了，发票留作凭证",
                    )
                elif not _differ(one.account, other.account):
                    result[invoice] = _ask(
                        result[invoice],
                        f"和「{result[notice].file}」是同一个月，量不一样：是同一笔还是另一块表",
                    )
                else:
                    continue
                left.remove(at) if invoice == at else None
            elif one.document == "notice":
                if _differ(one.point, other.point) or _differ(one.account, other.account):
                    continue
                if (one.start, one.end, one.quantity, one.money) == (
                    other.start,
                    other.end,
                    other.quantity,
                    other.money,
                ):
                    result[at] = _leave_out(other, f"和「{one.file}」是同一张通知单，只算一次")
                    left.remove(at)
                elif (one.start, one.end) == (other.start, other.end):
                    for place, twin in ((at, one), (first, other)):
                        result[place] = _ask(
                            result[place], f"和「{twin.file}」是同一个月同一个计量点，数不一样"
                        )
            elif one.invoice != other.invoice:
                if _differ(one.point, other.point) or _differ(one.account, other.account):
                    continue
                same = (one.quantity, one.money) == (other.quantity, other.money)
                why = "量和金额都一样，是不是重开的" if same else "是两块表，还是一笔开了两张"
                result[at] = _ask(other, f"和「{one.file}」是同一个月的{one.what}，{why}")


def _differ(one: str, other: str) -> bool:
    """Both are said and they are not the same."""
    return bool(one and other and plain(one) != plain(other))


def _overlapping(readings: list[Reading]) -> list[Reading]:
    """Periods of one metering point that share days are asked about."""
    result = list(readings)
    dated = [
        at
        for at, reading in enumerate(result)
        if _counted(reading) and reading.start and reading.end and reading.document == "notice"
    ]
    dated.sort(key=lambda at: (result[at].point, str(result[at].start)))
    for before, after in pairwise(dated):
        one, other = result[before], result[after]
        if one.point != other.point or one.month == other.month or not one.end or not other.start:
            continue
        if other.start < one.end:
            result[after] = _ask(other, f"和「{one.file}」的起止日重了")
    return result
