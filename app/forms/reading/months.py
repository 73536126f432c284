"""Which month every row of a block is: years, runs over the turn of a year, days of reading, periods, readings."""

import datetime
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from app.forms.grid import Grid
from app.forms.question import TableQuestion
from app.forms.reading.blocks import Block, year_label
from app.forms.reading.heads import read_head, years_in
from app.forms.reading.periods import Label, shares
from app.forms.reading.plan import SKIP, Draft
from app.forms.reading.sources import Extra, Roles, Sheet, refuse_row
from app.forms.reading.words import (
    tight,
    words,
)

_BY_ID = re.compile(r"\d{4}-\d{2}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


def filled_down(block: Block, roles: Roles, body: list[int]) -> dict[int, Label]:
    assert roles.labels is not None
    assert roles.label is not None
    found: dict[int, Label] = {}
    last: Label | None = None
    for index in body:
        cell = block.rows[index][roles.label]
        if index in roles.labels.at:
            last = roles.labels.at[index]
            found[index] = last
        elif not cell.text.strip() and last is not None:
            others = (
                any(block.rows[index][c].text.strip() for c in roles.texts)
                or cell.merged
                or roles.item is not None
            )
            if others:
                found[index] = last
        elif cell.text.strip():
            last = None
    return found


def place_months(
    table: TableQuestion,
    grid: Grid,
    ids: Sequence[str],
    year: int | None,
    audit_years: tuple[int, ...],
    block: Block,
    roles: Roles,
    body: list[int],
    labels: dict[int, Label],
    sheet: Sheet,
    draft: Draft,
    number: int,
) -> dict[int, tuple[str, Extra]] | None:
    assert roles.label is not None
    assert roles.labels is not None
    head = block.heads[roles.label]
    for place, (january, october) in roles.labels.doubts.items():
        cell = block.rows[place][roles.label]
        chosen = draft.ask(
            f"october:{number}:{place}",
            f"{cell.place}「{cell.text.strip()}」是 1 月还是 10 月？Excel 里 2025.10 会显示成 2025.1",
            (("1", "1 月"), ("10", "10 月"), (SKIP, "这一行不写")),
        )
        if chosen in ("1", "10"):
            labels[place] = january if chosen == "1" else october
        else:
            labels.pop(place, None)
    for index in body:
        plain = block.rows[index][roles.label].text.strip()
        sheet.by_id = sheet.by_id and _BY_ID.fullmatch(plain) is not None
        if index not in labels:
            cell = block.rows[index][roles.label]
            if any(block.rows[index][c].text.strip() for c in roles.numbers):
                refuse_row(
                    sheet,
                    block,
                    index,
                    roles,
                    f"「{cell.text.strip() or '空白'}」不知道是哪一行，这一行没有写",
                    "月份写成 2025-03 或 3月",
                )
    years = _row_years(grid, year, audit_years, block, roles, body, labels, draft, number, head)
    if years is None:
        return {}
    head_plain = tight(head)
    shift = _day_rule(block, roles, body, labels, head_plain, draft, number)
    if shift is None:
        return {}
    found: dict[int, tuple[str, Extra]] = {}
    ending = _stamp_ends(labels, body)
    monthly = _read_monthly(labels, body)
    stamped = 0
    for index in body:
        label = labels.get(index)
        if label is None:
            continue
        said = label.year is not None
        row_year = label.year if label.year is not None else years.get(index)
        extra = Extra(bare=not said and index not in roles_years(roles, block, index))
        if row_year is None:
            continue
        if label.kind == "many":
            extra.spread = f"many:{label.months}"
            found[index] = (f"{row_year}-{label.month:02d}", extra)
            continue
        if label.kind == "span":
            made = _month_of_span(label, row_year, draft, number)
            if made is None:
                continue
            row_id, days, first, last = made
            if days > 45:
                extra.spread = f"span:{first.isoformat()}:{last.isoformat()}"
            extra.days = days
            sheet.periods.setdefault(row_id, f"{first.month}/{first.day}–{last.month}/{last.day}")
            found[index] = (row_id, extra)
            continue
        month = row_year * 12 + label.month - 1
        if label.kind == "day":
            extra.day = not monthly
            stamped += 1
            if ending and label.at == 0 and label.day == 1:
                month -= 1
            month += shift
        found[index] = (f"{month // 12}-{month % 12 + 1:02d}", extra)
    if stamped and shift:
        draft.say("按抄表日的上一个月记")
    if block.turned:
        draft.say("月份是横着写的，已经转成竖的")
    if any(_SERIAL.fullmatch(block.rows[i][roles.label].text.strip()) for i in labels):
        draft.say("月份是 Excel 的日期序号，已经换成年月")
    if any(label.kind == "span" for label in labels.values()):
        draft.say("抄表期跨月的，按天数多的那个月记")
    _share_long(table, block, roles, found, draft, number)
    _complete_stamps(labels, found, draft, number)
    return found


def roles_years(roles: Roles, block: Block, index: int) -> set[int]:
    """{index} when the row's year is said in a column of years, or in the line above it."""
    if roles.years is not None and any(
        block.rows[i][roles.years].text.strip() for i in range(index + 1)
    ):
        return {index}
    return {index} if _section_year(block.sections[index]) is not None else set()


def _section_year(text: str) -> int | None:
    found = years_in(text) if text else ()
    return found[0] if len(found) == 1 else None


def _row_years(
    grid: Grid,
    year: int | None,
    audit_years: tuple[int, ...],
    block: Block,
    roles: Roles,
    body: list[int],
    labels: dict[int, Label],
    draft: Draft,
    number: int,
    label_head: str,
) -> dict[int, int] | None:
    """The year of every row whose label does not say it. None while it is open."""
    found: dict[int, int] = {}
    bare: list[int] = []
    current: int | None = None
    for index in body:
        if roles.years is not None:
            current = year_label(block.rows[index][roles.years].text) or current
        said = current if roles.years is not None else None
        said = said or _section_year(block.sections[index])
        if said is not None:
            found[index] = said
        elif index in labels and labels[index].year is None:
            bare.append(index)
    if not bare:
        return found
    explicit = [label.year for label in labels.values() if label.year is not None]
    if explicit and len(explicit) >= 1:
        # some rows say it, others go on from them: 2025年1月, 2月, 3月 …
        order = [i for i in body if i in labels]
        last_year: int | None = None
        last_month = 0
        plain = True
        for index in order:
            label = labels[index]
            if label.year is not None:
                last_year, last_month = label.year, label.month
            elif last_year is not None and label.kind != "many":
                if label.month < last_month:
                    plain = False
                found[index] = last_year
                last_month = label.month
            elif index in bare and last_year is None:
                plain = False
        if plain and all(index in found for index in bare):
            return found
    heads_with_years = [read_head(block.heads[c]).year for c in roles.numbers]
    if heads_with_years and all(value is not None for value in heads_with_years):
        for index in bare:
            found[index] = heads_with_years[0] or 0
        return found
    context = _context_year(grid, block, label_head)
    runs = _runs([labels[i] for i in bare if labels[i].kind != "many"])
    base = year
    candidates = context[0]
    if candidates and candidates != (year,):
        named = "、".join(f"{y} 年" for y in candidates)
        choices = [(str(y), f"{y} 年（{context[1]}）") for y in candidates]
        if year is not None and year not in candidates:
            choices.append((str(year), f"{year} 年（现在看的）"))
        chosen = draft.ask(
            f"year:{'-'.join(map(str, candidates))}",
            f"{context[1]}写的是 {named}，现在看的是 {year} 年，月份没写年份：是哪一年的？"
            if year not in candidates
            else f"{context[1]}不止一个年份（{named}），月份没写年份：是哪一年的？",
            (*choices, (SKIP, "都不写")),
        )
        if not chosen or chosen == SKIP:
            return None
        base = int(chosen)
    if base is None:
        return None
    if runs is None:
        for index in bare:
            found[index] = base
        return found
    order = [i for i in bare if labels[i].kind != "many"]
    steps, total = runs
    longest = _longest(steps)
    options = [
        ("last", f"到 {base} 年为止：" + _run_words(labels, order, steps, base - max(steps))),
    ]
    if longest != max(steps):
        options.insert(
            0,
            (
                "longest",
                f"满 12 个月的是 {base} 年：" + _run_words(labels, order, steps, base - longest),
            ),
        )
    if total > 12:
        options.append(("same", f"都是 {base} 年，同月的加起来"))
    if max(steps) == 1 and total <= 12:
        options.append(("first", f"从 {base} 年开始：" + _run_words(labels, order, steps, base)))
        options.append(("same", f"都是 {base} 年的"))
    chosen = draft.ask(
        f"runs:{number}",
        f"月份没写年份，一共 {total} 行，像是跨了 {max(steps) + 1} 年：怎么记？",
        (*options, (SKIP, "都不写")),
    )
    if not chosen or chosen == SKIP:
        return None
    start = {"last": base - max(steps), "longest": base - longest, "first": base, "same": base}[
        chosen
    ]
    for index, step in zip(order, steps, strict=True):
        found[index] = start + (0 if chosen == "same" else step)
    for index in bare:
        found.setdefault(index, base)
    return found


def _context_year(grid: Grid, block: Block, label_head: str) -> tuple[tuple[int, ...], str]:
    """The years that title, head, sheet or file speak of, nearest first; () when none does."""
    head = read_head(label_head).year or year_label(label_head.split(" ")[0])
    if head is not None:
        return (head,), "表头"
    titles: list[int] = []
    for text in reversed(block.titles):
        titles += [y for y in years_in(text) if y not in titles]
    sheet = years_in(grid.sheet)
    if titles:
        if len(titles) == 1 and len(sheet) == 1 and sheet[0] != titles[0]:
            return (titles[0], sheet[0]), "标题和工作表名"
        return tuple(titles), "标题"
    if sheet:
        return sheet, "工作表名"
    file = years_in(grid.file)
    return (file, "文件名") if file else ((), "")


def _runs(labels: list[Label]) -> tuple[list[int], int] | None:
    """Years counted from the first row, when bare months cannot be of one year; None when they can."""
    months = [label.month for label in labels]
    if len(months) < 2:
        return None
    collapsed = [m for k, m in enumerate(months) if k == 0 or months[k - 1] != m]
    if len(set(collapsed)) == len(collapsed):
        ups = sum(b - a == 1 for a, b in pairwise(collapsed))
        downs = sum(a - b == 1 for a, b in pairwise(collapsed))
        wrap = any((a, b) == (12, 1) for a, b in pairwise(collapsed)) and ups >= downs
        wrap_down = any((a, b) == (1, 12) for a, b in pairwise(collapsed)) and downs > ups
        if not (wrap or wrap_down):
            return None
    ups = sum(0 < b - a <= 2 for a, b in pairwise(collapsed))
    downs = sum(0 < a - b <= 2 for a, b in pairwise(collapsed))
    rising = ups >= downs
    steps, step = [], 0
    last = months[0]
    for month in months:
        if rising and month < last:
            step += 1
        elif not rising and month > last:
            step -= 1
        steps.append(step)
        last = month
    low = min(steps)
    steps = [s - low for s in steps]
    if max(steps) == 0 or max(steps) > 4:
        return None
    # a single month out of order is a slip, not another year
    sizes = Counter(steps)
    if len(set(collapsed)) < len(collapsed) and max(sizes.values()) < 6:
        return None
    return steps, len(months)


def _longest(steps: list[int]) -> int:
    sizes = Counter(steps)
    full = [step for step, size in sizes.items() if size >= 12]
    return max(full) if full else max(steps)


def _run_words(labels: dict[int, Label], order: list[int], steps: list[int], start: int) -> str:
    parts = []
    for step in sorted(set(steps)):
        rows = [labels[i].month for i, s in zip(order, steps, strict=True) if s == step]
        months = f"{rows[0]} 月" if len(rows) == 1 else f"{rows[0]}–{rows[-1]} 月"
        parts.append(f"{start + step} 年 {months}")
    return "，".join(parts)


def _day_rule(
    block: Block,
    roles: Roles,
    body: list[int],
    labels: dict[int, Label],
    head: str,
    draft: Draft,
    number: int,
) -> int | None:
    """0 or −1: the month a day of reading counts for. None while it is open."""
    data = words()
    days = [
        label
        for i in body
        if (label := labels.get(i)) is not None and label.kind == "day" and label.at < 0
    ]
    if not days or any(word in head for word in data["month_heads"]):
        return 0
    per_month = Counter((label.year, label.month) for label in days)
    if max(per_month.values()) > 2:
        return 0  # readings or purchases of every day
    reading = any(word in head for word in data["reading_heads"])
    paying = any(word in head for word in data["paying_heads"])
    numbers = [label.day for label in days]
    if paying or (max(numbers) < 18 and (reading or set(numbers) != {1})):
        if max(per_month.values()) > 1 and not paying and not reading:
            return 0
        name = block.heads[roles.label or 0] or "日期"
        chosen = draft.ask(
            f"readings:{number}",
            f"「{name}」是每月 {min(numbers)}–{max(numbers)} 号：这一行是上一个月的量，还是当月的？"
            if min(numbers) != max(numbers)
            else f"「{name}」都是 {numbers[0]} 号：这一行是上一个月的量，还是当月的？",
            (("before", "上一个月的"), ("own", "当月的"), (SKIP, "都不写")),
        )
        return {"before": -1, "own": 0}.get(chosen)
    return 0


def _month_of_span(
    label: Label, row_year: int, draft: Draft, number: int
) -> tuple[str, int, datetime.date, datetime.date] | None:
    back = label.last[0] - label.first[0]
    try:
        first = datetime.date(row_year - back, *label.first[1:])
        last = datetime.date(row_year, *label.last[1:])
    except ValueError:
        return None
    parts = shares(first, last)
    total = sum(parts.values())
    best, days = max(parts.items(), key=lambda item: item[1])
    if total <= 45 and days * 100 < total * 56:
        chosen = draft.ask(
            f"halves:{number}",
            f"抄表期 {first.month}/{first.day}–{last.month}/{last.day} 两个月差不多各一半：记在哪个月？",
            (("end", "止日的那个月"), ("begin", "起日的那个月"), (SKIP, "都不写")),
        )
        if chosen == "end":
            best = (last.year, last.month)
        elif chosen == "begin":
            best = (first.year, first.month)
        else:
            return None
    return f"{best[0]}-{best[1]:02d}", total, first, last


def _read_monthly(labels: dict[int, Label], body: list[int]) -> bool:
    """True for days about a month apart: two of them in one month are two bills, not readings to be added."""
    days = sorted(
        datetime.date(label.year or 2025, label.month, label.day).toordinal()
        for i in body
        if (label := labels.get(i)) is not None and label.kind == "day" and label.at < 0
    )
    gaps = [b - a for a, b in pairwise(days)]
    return len(gaps) > 2 and sum(24 <= gap <= 37 for gap in gaps) * 5 >= len(gaps) * 4


def _stamp_ends(labels: dict[int, Label], body: list[int]) -> bool:
    """True when the times of readings are the ends of their intervals (00:30 … 24:00)."""
    stamps = [label for i in body if (label := labels.get(i)) is not None and label.at >= 0]
    return len(stamps) > 3 and 0 < stamps[0].at <= 60 and stamps[-1].at == 0


def _complete_stamps(
    labels: dict[int, Label], found: dict[int, tuple[str, Extra]], draft: Draft, number: int
) -> None:
    """Readings of every hour or half-hour that leave times out are asked about: the sum would be too low."""
    stamps = [(i, label) for i, label in labels.items() if label.at >= 0 and i in found]
    if not stamps:
        per_month = Counter(
            found[i][0] for i, label in labels.items() if label.kind == "day" and i in found
        )
        if per_month and max(per_month.values()) > 8:
            stamps = [
                (i, x._replace(at=0)) for i, x in labels.items() if x.kind == "day" and i in found
            ]
    if len(stamps) < 9:
        return
    minutes = sorted(
        datetime.date(label.year or 2025, label.month, label.day).toordinal() * 1440 + label.at
        for _, label in stamps
    )
    gaps = Counter(b - a for a, b in pairwise(minutes) if b > a)
    if not gaps:
        return
    step, often = gaps.most_common(1)[0]
    if step > 1440 or often * 5 < sum(gaps.values()) * 4:
        return  # purchases and deliveries, not readings
    per_month = Counter(found[i][0] for i, _ in stamps)
    short = []
    for row_id, count in sorted(per_month.items()):
        days = monthrange(int(row_id[:4]), int(row_id[5:]))[1]
        if count < days * 1440 // step:
            short.append(f"{int(row_id[5:])} 月 {count} 条（满月 {days * 1440 // step} 条）")
    if short:
        more = "…" if len(short) > 3 else ""
        chosen = draft.ask(
            f"stamps:{number}",
            f"每{_step_words(step)}一条的读数不全：{'、'.join(short[:3])}{more}。照现有的加起来会偏小",
            (("sum", "照现有的加"), (SKIP, "都不写")),
        )
        if chosen != "sum":
            for i, _ in stamps:
                found.pop(i, None)
    if found:
        draft.say("每天、每小时的读数按月加起来")


def _step_words(minutes: int) -> str:
    if minutes == 1440:
        return "天"
    return "小时" if minutes == 60 else f" {minutes} 分钟"


def _share_long(
    table: TableQuestion,
    block: Block,
    roles: Roles,
    found: dict[int, tuple[str, Extra]],
    draft: Draft,
    number: int,
) -> None:
    """Rows of a quarter or half a year: a check where its months are there, else refused or shared by day with consent."""
    singles = {row_id for row_id, extra in found.values() if not extra.spread}
    for index in [i for i, (_, extra) in found.items() if extra.spread.startswith("many")]:
        row_id, extra = found[index]
        months = _months_from(row_id, int(extra.spread.split(":")[1]))
        if singles.intersection(months):
            # a subtotal of months that stand there, or one of which some are missing
            extra.spread = "check:" + ",".join(months)
        else:
            extra.spread = "share:" + ",".join(months)
    for index in [i for i, (_, extra) in found.items() if extra.spread.startswith("span")]:
        _, extra = found[index]
        first, last = extra.spread.split(":")[1:3]
        parts = shares(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
        whole = sum(parts.values())
        extra.spread = "days:" + ",".join(f"{y}-{m:02d}={d}/{whole}" for (y, m), d in parts.items())


def _months_from(row_id: str, count: int) -> list[str]:
    start = int(row_id[:4]) * 12 + int(row_id[5:]) - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(start, start + count)]
