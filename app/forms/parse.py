"""From what somebody typed or pasted to an answer. Reads generously, says what it understood, never drops what was typed.

What cannot be read is kept in `Given.raw` with an empty `text`, which counts as 未填 everywhere until it is mended.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.numbers import brief, number_text, parse_exact
from app.assessment.units import (
    SCALES,
    find_unit,
    fold_powers,
    is_unit,
    prefix_doubtful,
    scale_of,
    split_scale,
    times_between,
    unit_text,
)
from app.errors import Problem
from app.forms.answer import MISSING, Answer, Given
from app.forms.question import Carrier, Question, QuestionKind
from app.forms.readable import MOST_DIGITS

_MINUS = str.maketrans(dict.fromkeys("−–—‐‑‒－﹣", "-"))
_ABOUT = ("大约", "约", "大概", "≈", "~", "共计", "合计", "总计", "共")
_ABOUT_AFTER = ("左右", "。", "；", ";")
_NUMBER = re.compile(
    r"([+-]?(?:\d[\d,']*(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)(.*)", re.IGNORECASE | re.DOTALL
)
_TIMES_TEN = re.compile(r"[×x*]\s*10(?:\^|\*\*)([-+]?\d{1,2})(?!\d)", re.IGNORECASE)
_COUNTED = ("count", "people", "occurrence", "vehicle trip")
_IN_WATER = "concentration in liquid"
_WATER_AND_AIR = {_IN_WATER, "concentration in gas"}
_UNIT_TIMES = re.compile(r"(?P<unit>[^\d×x*]+)[×x*]\s*(?P<factor>\d+(?:\.\d+)?)", re.IGNORECASE)
_PER_YEAR = re.compile(r"([^/]+)/\(?([^/()]+?)[·.*](?:a|年)\)?")  # kWh/(m²·a)
_GROUPED = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,4}(,\d{4})+)(\.\d*)?")
_BLANK_MARKS = ("-", "/", "\\", "无", "没有", "n/a", "na", "不适用", "—", "空")
_CHINESE_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "〇": 0,
}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_DATE = re.compile(
    r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?"
)
_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})(?:月份?)?")
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(20000, 80000)  # 1954 … 2119
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_YES = ("是", "有", "对", "yes", "y", "true", "√", "✓", "做过", "写了")
_NO = ("否", "没有", "无", "不是", "no", "n", "false", "×", "✗", "没", "没做过", "没写")
YEARS = range(1900, 2101)
NO_DETECTION_LIMIT = "未检出，报告没写检出限"
_BELOW_DETECTION = re.compile(
    r"(?P<said>n\.?d\.?|未检出|低于检出限|<检出限)?[(,]?(?:检出限)?[:=]?(?P<sign><=?)?"
    r"(?P<limit>\d+(?:\.\d+)?)?(?P<after>l)?[)]?",
    re.IGNORECASE,
)
# The limit of a report: 「6～9」, 「≤80」.
_BOUNDS = re.compile(
    r"(?:(?P<low>\d+(?:\.\d+)?)(?:[-~～至到—–]+)|[<≤]=?|不大于|不超过)(?P<high>\d+(?:\.\d+)?)"
)
_RANGE_NOTE = "范围 "


@dataclass(frozen=True)
class Offer:
    """A correction the user may take with one click: what the link says, and what is then typed."""

    label: str
    typed: str


@dataclass(frozen=True)
class Parsed:
    """understood: what was read when it looks different from what was typed, "" otherwise.

    doubtful: the problem only asks for a look, because the meaning is fairly plain (一百二十八).
    """

    answer: Answer
    understood: str = ""
    problem: Problem | None = None
    offers: tuple[Offer, ...] = ()
    doubtful: bool = False


def parse_answer(question: Question, typed: str) -> Parsed:
    """The answer `typed` gives to `question`. Clearing a field gives Missing. Bounds are judged in app.checkup.page_remarks."""
    if not typed.strip():
        return Parsed(MISSING)
    match question.kind:
        case QuestionKind.TEXT | QuestionKind.LONG_TEXT:
            return Parsed(Given(typed.strip()))
        case QuestionKind.NUMBER:
            return _number(question, typed)
        case QuestionKind.YEAR:
            return _year(question, typed)
        case QuestionKind.MONTH:
            return _month(question, typed)
        case QuestionKind.DATE:
            return _date(question, typed)
        case QuestionKind.CHOICE:
            return _choice(question, typed)
        case QuestionKind.MULTI_CHOICE:
            return _choices(question, typed)
        case QuestionKind.YES_NO:
            return _yes_no(question, typed)
        case QuestionKind.INDUSTRY:
            return _industry(question, typed)
        case QuestionKind.CREDIT_CODE:
            return _credit_code(question, typed)


def number_in(parsed: Parsed) -> Given | None:
    """The answer when it is a number that was understood, with no question left about it."""
    answer = parsed.answer
    if parsed.problem is not None or not isinstance(answer, Given) or not answer.text:
        return None
    return answer


def is_unread(answer: Answer) -> bool:
    """True when something was typed that could not be read; it counts as 未填."""
    return isinstance(answer, Given) and not answer.text and bool(answer.raw)


def unit_typed(typed: str) -> str:
    """The unit that stands behind a number somebody typed, "" where none does."""
    found = _NUMBER.fullmatch(_fold(typed))
    rest = "" if found is None else found.group(2).strip()
    return rest if rest and is_unit(rest) else ""


def detection_limit(answer: Given) -> Fraction | None:
    """The limit a result stays below (its half is what counts); None for a measured value."""
    found = _BELOW_DETECTION.fullmatch(answer.raw.replace(" ", "")) if answer.raw else None
    if found is None or not found["limit"]:
        return None
    limit = Fraction(found["limit"])
    # 「5L」 is also five litres: only what was counted as the half of it was read as a limit; half of 「0.00」 is no half
    return limit if limit and answer.text == number_text(limit / 2) else None


_TRADITIONAL = str.maketrans("萬億", "万亿")


def _label(question: Question) -> str:
    return question.short or question.title


def _unread(question: Question, typed: str, what: str, remedy: str, *offers: Offer) -> Parsed:
    problem = Problem(_label(question), what, remedy)
    return Parsed(Given("", raw=typed.strip()), "", problem, offers)


def _change(text: str, shown: str = "") -> Offer:
    return Offer(f"改成 {shown or text}", text)


def _fold(text: str) -> str:
    return fold_powers(text).translate(_MINUS).translate(_TRADITIONAL).strip()


# --- numbers ----------------------------------------------------------------------------------------------------------


def _number(question: Question, typed: str) -> Parsed:
    text = _fold(typed)
    if question.carriers:
        return _with_carriers(question, typed, text)
    if question.detection and (below := _below_detection(_bare(text, question.unit))) is not None:
        return below
    if question.bounds and (found := _BOUNDS.fullmatch(_bare(text, question.unit))) is not None:
        return _limits(question, typed, found)
    if text.casefold() in _BLANK_MARKS:
        return _unread(
            question,
            typed,
            f"「{typed.strip()}」看不出是没填、零还是不适用",
            "点「零」或「不适用」，还不知道就清空",
            Offer("写成零", "0"),
        )
    for word in _ABOUT:
        text = text.removeprefix(word).strip()
    if text.startswith("(") and text.endswith(")"):  # bookkeepers' negative
        text = f"-{text[1:-1].strip()}"
    if text.startswith("¥"):
        text = text[1:].strip()
        bare = _NUMBER.fullmatch(text)
        if question.unit in ("万元", "亿元") and bare is not None and not bare[2].strip():
            offers = [_change(f"{text}元"), _change(f"{text}{question.unit}")]
            return _unread(question, typed, f"「{typed.strip()}」看不出是元还是{question.unit}", "选一个", *offers)  # fmt: skip
    text = re.sub(r"^([+-])\s+", r"\1", text)
    for word in _ABOUT_AFTER:
        text = text.removesuffix(word).strip()
    compact = re.sub(r"(?<=\d)[\s'’](?=\d{3}(?!\d))", "", text)
    found = _NUMBER.fullmatch(compact)
    if found is None:
        return _words(question, typed)
    digits, rest = found.group(1), found.group(2).strip()
    if "," in digits:
        if not _GROUPED.fullmatch(digits.rstrip(",")):
            plain = digits.replace(",", "")
            point = digits.replace(",", ".", 1) if digits.count(",") == 1 else ""
            # With what stands behind: 「1,2 万」 is never offered as 1.2.
            offers = [_change(f"{option}{rest}") for option in (point, plain) if option]
            return _unread(
                question, typed, f"「{typed.strip()}」里的逗号看不明白", "选一个", *offers
            )
        digits = digits.replace(",", "")
    if digits.count(".") > 1 or rest[:1] in (".", ","):
        return _unread(question, typed, "小数点多了", "留一个")
    value = _plain(digits)
    if value is None:
        return _unread(question, typed, "数字太长了，看不明白", "检查一下位数")
    return _with_unit(question, typed, value, rest)


def _bare(text: str, unit: str) -> str:
    """Without spaces and without the question's own unit at the end."""
    plain = text.replace(" ", "")
    found = re.search(r"[^\d.<>≤≥~～-]+$", plain) if unit else None
    if found is None or found[0] == "L" or times_between(found[0], unit) != 1:
        return plain
    return plain[: found.start()]


def _below_detection(text: str) -> Parsed | None:
    """「<0.01」, 「0.01L」, 「ND」, 「未检出（检出限 0.01）」 of a test report: half of the detection limit with a note, and 不适用
    when the report does not name the limit; never zero. None for anything else."""
    found = _BELOW_DETECTION.fullmatch(text)
    if found is None:
        return None
    limit = found["limit"]
    if not found["said"] and not (limit and (found["sign"] or found["after"])):
        return None
    if not limit:
        return Parsed(NotApplicable(NO_DETECTION_LIMIT), NO_DETECTION_LIMIT)
    half = number_text(Fraction(limit) / 2)
    note = f"未检出，检出限 {limit}，按一半记"
    return Parsed(Given(half, raw=text, note=note), f"{half}（{note}）")


def _limits(question: Question, typed: str, found: re.Match[str]) -> Parsed:
    """The upper bound as the number; a lower one is kept in the note (`lower_bound`)."""
    low, high = found["low"], found["high"]
    if low is None:
        return Parsed(Given(number_text(Fraction(high)), raw=typed.strip()), high)
    if Fraction(low) >= Fraction(high):
        return _unread(question, typed, f"「{typed.strip()}」前面的比后面的大", "小的写在前面")
    note = f"{_RANGE_NOTE}{low}～{high}"
    return Parsed(Given(number_text(Fraction(high)), raw=typed.strip(), note=note), note)


def lower_bound(answer: Answer) -> Fraction | None:
    """Of a limit that was given as a range; None for others."""
    if not isinstance(answer, Given) or not answer.note.startswith(_RANGE_NOTE):
        return None
    low = answer.note.removeprefix(_RANGE_NOTE).partition("～")[0]
    return Fraction(low) if re.fullmatch(r"\d+(?:\.\d+)?", low) else None


def _plain(digits: str) -> Fraction | None:
    mantissa, _, exponent = digits.casefold().partition("e")
    if len(mantissa) > 40 or (exponent and abs(int(exponent)) > 30):
        return None
    try:
        value = parse_exact(mantissa.lstrip("+").rstrip(".") or "0")
    except ValueError:
        try:
            value = Fraction(mantissa)
        except ValueError:
            return None  # 9501', and other marks that are no digits
    return value * Fraction(10) ** int(exponent or 0)


def _with_unit(question: Question, typed: str, value: Fraction, rest: str) -> Parsed:
    value, rest = _power_of_ten(value, rest)
    if not rest and (asked := _share_asked(question, typed, value)) is not None:
        return asked
    scaled = _scaled(value, rest, question.unit)
    if scaled is None and question.tonnes:  # 「590吨」 of water
        scaled = _scaled(value, rest.removesuffix("水"), question.unit.replace("m³", "t"))
    if scaled is None and question.unit == "人" and rest == "个":
        scaled = value
    if scaled is None and (question.detection or question.bounds):
        # Emissions are reported for the standard state, written mg/m³ or mg/Nm³.
        scaled = _scaled(value, rest.replace("Nm", "m"), question.unit.replace("Nm", "m"))
    if scaled is None and (times := _UNIT_TIMES.fullmatch(rest)) is not None:
        return _by_factor(question, typed, value, times)
    if scaled is None:
        return _other_unit(question, typed, value, rest)
    if (asked := _other_medium(question, typed, value, scaled, rest)) is not None:
        return asked
    text = number_text(scaled)
    if len(text) > MOST_DIGITS:
        return _unread(question, typed, "数字太长了，看不明白", "检查一下位数")
    unit = question.unit and (question.unit if question.unit == "%" else f" {question.unit}")
    understood = f"{brief(scaled)}{unit}"
    if typed.strip().replace(",", "") in (text, understood.replace(",", "")):
        return Parsed(Given(text))
    raw = "" if _fold(typed).replace(",", "").replace(" ", "") == text else typed.strip()
    return Parsed(Given(text, raw=raw), understood)


def _power_of_ten(value: Fraction, rest: str) -> tuple[Fraction, str]:
    """「1.2×10^4 t」: the number and the unit behind it."""
    found = _TIMES_TEN.match(rest)
    if found is None:
        return value, rest
    return value * Fraction(10) ** int(found[1]), rest[found.end() :].strip()


def _other_unit(question: Question, typed: str, value: Fraction, rest: str) -> Parsed:
    """What stands behind the number is not the unit of the question. The bare number is never offered: it would be
    another amount."""
    scale = scale_of(rest)
    if scale is not None and question.unit:  # 「3千」 where the unit is 万元
        own, unit = split_scale(question.unit)
        offers = [
            Offer(f"{brief(value * scale)} {question.unit}", number_text(value * scale)),
            Offer(f"{brief(value * scale)} {unit}", number_text(value * scale / own)),
        ]
        return _unread(
            question,
            typed,
            f"「{typed.strip()}」看不出单位是 {question.unit} 还是 {unit}",
            "选一个",
            *offers,
        )
    if prefix_doubtful(rest):
        what = f"「{rest}」看不准：大写 M 是一百万倍，小写 m 是千分之一"
        return _unread(question, typed, what, f"换算成 {question.unit or '题目要的单位'} 再填")
    if not is_unit(rest):
        remedy = f"只填数，单位是 {question.unit}" if question.unit else "只填数"
        return _unread(question, typed, f"「{rest}」看不懂", remedy)
    if question.unit:
        shown = unit_text(rest)
        what = f"这里的单位是 {question.unit}，写的是 {shown}"
        remedy = (
            f"换算好再填，或在后面乘上 1 {shown} 是多少 {question.unit}：{brief(value)} {shown}×…"
        )
        return _unread(question, typed, what, remedy)
    own, unit = split_scale(rest)
    known = find_unit(unit)
    offered = known is not None and known.dimension in _COUNTED and known.factor == 1
    offers = [_change(number_text(value * own), brief(value * own))] if offered else []
    remedy = "换算成题目要的数再填"
    if question.unit_in:
        where = "" if question.unit_of else "这一行的"
        remedy = f"先在{where}「{question.unit_in}」写 {unit_text(unit or rest)}"
    return _unread(question, typed, f"这里只填数，写的是 {unit_text(rest)}", remedy, *offers)


def _share_asked(question: Question, typed: str, value: Fraction) -> Parsed | None:
    """0.85 where percent are asked (and 85 where a fraction is): which of the two is meant is asked, never guessed."""
    unit = find_unit(question.unit) if question.unit else None
    if unit is None or unit.id not in ("%", "fraction"):
        return None
    most = question.check.usual_maximum or question.check.maximum
    if most and Fraction(most) <= 1 and unit.id == "%":
        return None  # small shares are ordinary here
    shown = number_text(value)
    if unit.id == "%" and 0 < abs(value) < 1:
        whole = number_text(value * 100)
        offers = (Offer(f"{whole}%", f"{whole}%"), Offer(f"就是 {shown}%", f"{shown}%"))
        what = f"这里的单位是 %，{shown} 是 {whole}% 还是 {shown}%"
    elif unit.id == "fraction" and abs(value) > 1:
        part = number_text(value / 100)
        offers = (Offer(part, part), Offer(f"就是 {shown}", f"{shown}(小数)"))
        what = f"这里要小数，{shown} 是 {shown}%（{part}）还是 {shown} 倍"
    else:
        return None
    return _unread(question, typed, what, "选一个，或写上 %", *offers)


def _other_medium(
    question: Question, typed: str, value: Fraction, scaled: Fraction, rest: str
) -> Parsed | None:
    """mg/m³ in a row of a test report in mg/L, or the other way: one is of air, one of water, a thousand apart. Whether
    the unit or the row is the wrong one is asked."""
    if not (question.detection or question.bounds):
        return None
    there, own = find_unit(rest), find_unit(question.unit)
    if there is None or own is None or {there.dimension, own.dimension} != _WATER_AND_AIR:
        return None
    offers = (
        Offer(f"单位写错了，是 {brief(value)} {own.symbol}", number_text(value)),
        Offer(f"换算成 {brief(scaled)} {own.symbol}", number_text(scaled)),
    )
    media = ("水样", "气样") if own.dimension == _IN_WATER else ("气样", "水样")
    what = f"这一行的单位是 {own.symbol}（{media[0]}），写的是 {there.symbol}（{media[1]}）"
    return _unread(question, typed, what, "选一个；行填错了就填到另一行", *offers)


def _by_factor(question: Question, typed: str, value: Fraction, times: re.Match[str]) -> Parsed:
    """「1200升×0.84」: what the user says one 升 comes to, in the unit of the question; kept as a note."""
    unit, factor = times["unit"].strip(), Fraction(times["factor"])
    if not is_unit(unit) or not question.unit or factor <= 0:
        return _unread(question, typed, f"「{unit}」看不懂", "只填数")
    text = number_text(value * factor)
    if len(text) > MOST_DIGITS:
        return _unread(question, typed, "数字太长了，看不明白", "检查一下位数")
    note = f"{brief(value)} {unit} × {times['factor']} {question.unit}/{unit}"
    return Parsed(
        Given(text, raw=typed.strip(), note=note),
        f"{brief(Fraction(text))} {question.unit}（{note}）",
    )


def _with_carriers(question: Question, typed: str, text: str) -> Parsed:
    """「200 kg 柴油」 where tce are asked; 「200 kg」 is asked of which fuel."""
    for word in _ABOUT:
        text = text.removeprefix(word).strip()
    plain = replace(question, carriers=())
    read = _number(plain, typed)
    if read.problem is None:
        return read
    for carrier in question.carriers:
        if carrier.name in text and "标煤" not in text:
            return _of_carrier(plain, typed, carrier, text.replace(carrier.name, " ", 1).strip())
    offers = [
        Offer(words, words)
        for carrier in question.carriers
        if _is_heat(unit_typed(text)) == _is_heat(carrier.unit)
        and unit_typed(text)
        and number_in(_number(replace(plain, unit=carrier.unit), text)) is not None
        for words in [f"{text} {carrier.name}"]
    ]
    if not offers:
        return read
    what = f"「{typed.strip()}」没写是什么能源，折不成 {question.unit}"
    return _unread(question, typed, what, "选一个，或连名字一起写", *offers)


def _is_heat(unit: str) -> bool:
    return unit_text(unit).endswith(("J", "焦"))


def _of_carrier(question: Question, typed: str, carrier: Carrier, rest: str) -> Parsed:
    """By the factor of the fuel, which is kept as a note."""
    read = _number(replace(question, unit=carrier.unit), rest)
    amount = number_in(read)
    if amount is None:
        problem = read.problem or Problem(_label(question), f"「{typed.strip()}」看不懂", "")
        return _unread(question, typed, problem.what, problem.remedy)
    if not unit_typed(rest):
        words = f"{amount.text} {carrier.unit} {carrier.name}"
        offers = (Offer(words, words), Offer(f"{amount.text} {question.unit}", amount.text))
        what = f"「{typed.strip()}」看不出是 {carrier.unit} 还是 {question.unit}"
        return _unread(question, typed, what, "选一个", *offers)
    text = number_text(Fraction(amount.text) * parse_exact(carrier.times))
    if len(text) > MOST_DIGITS:
        return _unread(question, typed, "数字太长了，看不明白", "检查一下位数")
    factor = f"{carrier.times} {question.unit}/{carrier.unit}"
    note = f"{carrier.name} {brief(Fraction(amount.text))} {carrier.unit} × {factor}"
    return Parsed(Given(text, raw=typed.strip(), note=note), f"{text} {question.unit}（{note}）")


def _scaled(value: Fraction, rest: str, unit_text: str) -> Fraction | None:
    """`value rest` in the unit of the question; None when the two do not fit or leave a doubt."""
    if not rest or rest == unit_text:
        return value
    if unit_text:
        times = times_between(rest, unit_text)
        if times is not None:
            return value * times
    (many, thing), (own, own_thing) = split_scale(rest), split_scale(unit_text)
    if thing and thing == own_thing:
        return value * many / own  # 「3 万桶」 where the unit is 桶, whatever a 桶 is
    scale = scale_of(rest)
    if scale is not None:
        own = split_scale(unit_text)[0] if unit_text else 1
        if scale < own:
            return None  # 「3千」 where the unit is 万元: asked
        return value * scale / own  # 「6480万」 and 「1.2亿」 where the unit is 万元
    for suffix in ("/年", "/a", "每年"):
        if rest.endswith(suffix) and not unit_text.endswith(suffix):
            return _scaled(value, rest.removesuffix(suffix), unit_text)
    yearly = _PER_YEAR.fullmatch(rest)
    if yearly is not None and _PER_YEAR.fullmatch(unit_text) is None:
        return _scaled(value, f"{yearly[1]}/{yearly[2]}", unit_text)
    return None


def _words(question: Question, typed: str) -> Parsed:
    value = _chinese_number(typed.strip())
    if value is not None:
        text = str(value)
        parsed = _unread(question, typed, f"看着是 {brief(Fraction(value))}", "", _change(text))
        return replace(parsed, doubtful=True)
    if re.match(r"[<>≤≥＜＞]", typed.strip()):
        return _unread(question, typed, "要一个数，不是范围", "填实际的数，检出限写在说明里")
    return _unread(question, typed, f"「{typed.strip()}」不是数", "填数字")


def _chinese_number(text: str) -> int | None:
    """一百二十八 -> 128; 三万五 (35,000 or 30,005) is left alone. None when it is not written in Chinese numerals."""
    if not text or any(
        c not in _CHINESE_DIGITS and c not in _CHINESE_UNITS and c not in "万亿" for c in text
    ):
        return None
    if len(text) > 1 and text[-1] in _CHINESE_DIGITS and text[-2] in "百千万亿":
        return None
    total = section = digit = 0
    seen_unit = False
    last = 0
    for character in text:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
        elif character in _CHINESE_UNITS:
            section += (digit or 1) * _CHINESE_UNITS[character]
            digit, seen_unit = 0, True
        else:
            scale, part = int(SCALES[character]), section + digit
            if not part and not total:
                return None  # 「万」 alone
            # 一亿二千万: the smaller unit takes only what stands between.
            total = total + part * scale if 0 < scale < last else (total + part) * scale
            last, section, digit = scale, 0, 0
            seen_unit = True
    if not seen_unit and len(text) > 1:
        return int("".join(str(_CHINESE_DIGITS[character]) for character in text))
    return total + section + digit


# --- time -------------------------------------------------------------------------------------------------------------


def _year(question: Question, typed: str) -> Parsed:
    text = _fold(typed).removesuffix("年").strip()
    if re.fullmatch(r"\d{4}", text) and int(text) in YEARS:
        return Parsed(Given(text, raw="" if typed.strip() == text else typed.strip()))
    whole = _DATE.fullmatch(text) or _MONTH.fullmatch(text)
    if whole is not None:
        return _unread(question, typed, "这里只要年份", "", _change(whole.group(1)))
    offers: list[Offer] = []
    digits = re.sub(r"\D", "", text)
    if len(digits) > 4 and int(digits[:4]) in YEARS:
        offers.append(_change(digits[:4]))
    if len(digits) == 2:
        offers.append(_change(f"20{digits}" if int(digits) < 50 else f"19{digits}"))
    if len(digits) == len(text) == 4:
        remedy = f"写 {YEARS.start} 到 {YEARS.stop - 1} 年之间的"
        return _unread(question, typed, f"没有 {text} 年的事", remedy, *offers)
    return _unread(question, typed, "年份是 4 位数", "", *offers)


def _month(question: Question, typed: str) -> Parsed:
    text = _fold(typed).replace(" ", "")
    day = _read_date(text)
    if day is not None:
        return Parsed(Given(f"{day:%Y-%m}", raw=typed.strip()), f"{day.year} 年 {day.month} 月")
    found = _MONTH.fullmatch(text) or re.fullmatch(r"(\d{4})(\d{2})", text)
    if found is not None and 1 <= int(found.group(2)) <= 12 and int(found.group(1)) in YEARS:
        canonical = f"{found.group(1)}-{int(found.group(2)):02d}"
        raw = "" if typed.strip() == canonical else typed.strip()
        return Parsed(Given(canonical, raw=raw), canonical if raw else "")
    return _unread(question, typed, "看不出是哪个月", "写成 2025-03 这样")


def _date(question: Question, typed: str) -> Parsed:
    text = _fold(typed)
    day = _read_date(text)
    if day is not None:
        raw = "" if typed.strip() == day.isoformat() else typed.strip()
        return Parsed(Given(day.isoformat(), raw=raw), day.isoformat() if raw else "")
    short = re.fullmatch(r"(\d{2})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?", text)
    if short is not None and (
        day := _day(2000 + int(short.group(1)), short.group(2), short.group(3))
    ):
        return _unread(question, typed, "年份写 4 位", "", _change(day.isoformat()))
    last = re.fullmatch(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", text)
    if last is not None:
        days = {
            day.isoformat()
            for day in (
                _day(int(last.group(3)), last.group(1), last.group(2)),
                _day(int(last.group(3)), last.group(2), last.group(1)),
            )
            if day is not None
        }
        return _unread(question, typed, "年份写在前面", "选一个", *map(_change, sorted(days)))
    if _MONTH.fullmatch(text.replace(" ", "")):
        return _unread(question, typed, "少了日", "写成 2025-03-01 这样")
    if _DATE.fullmatch(text.replace(" ", "")):
        return _unread(question, typed, "没有这一天", "检查月和日")
    return _unread(question, typed, "看不出是哪一天", "写成 2025-03-01 这样")


def _read_date(text: str) -> date | None:
    """2025-3-1, 2025.3.1, 2025/3/1, 2025年3月1日, 20250301, an Excel serial number; None when it is none of these."""
    found = _DATE.fullmatch(text) or _DATE.fullmatch(text.replace(" ", ""))
    found = found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if found is not None:
        return _day(int(found.group(1)), found.group(2), found.group(3))
    serial = re.fullmatch(r"(\d{5})(?:\.\d*)?", text)
    if serial is not None and int(serial.group(1)) in _EXCEL_DAYS:
        return _EXCEL_DAY_ZERO + timedelta(days=int(serial.group(1)))
    return None


def _day(year: int, month: str, day: str) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


# --- choices and codes ------------------------------------------------------------------------------------------------


def _match(question: Question, typed: str) -> str | None:
    """Option id meant by `typed`: its id, its label, or the only label that contains it."""
    text = _fold(typed).casefold()
    for option in question.options:
        if text in (option.id.casefold(), _fold(option.label).casefold()):
            return option.id
    close = [option.id for option in question.options if text in _fold(option.label).casefold()]
    return close[0] if len(close) == 1 else None


def _choice(question: Question, typed: str) -> Parsed:
    option_id = _match(question, typed)
    if option_id is None:
        offers = tuple(Offer(option.label, option.id) for option in question.options[:6])
        return _unread(question, typed, f"没有「{typed.strip()}」这一项", "从下面选一个", *offers)
    return Parsed(Given(option_id))


def _choices(question: Question, typed: str) -> Parsed:
    # Marks alone (「;」) are words of no option, never an empty answer.
    words = [word for word in re.split(r"[、,，;；|\n]+", typed) if word.strip()] or [typed]
    found = [(word.strip(), _match(question, word)) for word in words]
    unknown = [word for word, option_id in found if option_id is None]
    chosen = {option_id for _, option_id in found if option_id is not None}
    canonical = "|".join(option.id for option in question.options if option.id in chosen)
    if unknown:
        problem = Problem(_label(question), f"没有「{'、'.join(unknown)}」这一项", "从选项里选")
        return Parsed(Given(canonical, raw=typed.strip()), "", problem)
    return Parsed(Given(canonical))


def _yes_no(question: Question, typed: str) -> Parsed:
    text = _fold(typed).casefold()
    if text in _YES:
        return Parsed(Given("yes"))
    if text in _NO:
        return Parsed(Given("no"))
    return _unread(
        question, typed, "看不出是「是」还是「否」", "", Offer("是", "yes"), Offer("否", "no")
    )


def _industry(question: Question, typed: str) -> Parsed:
    """Kept as 「3360 金属表面处理及热处理加工」: two to four digits of GB/T 4754, then the name."""
    text = re.sub(r"\s+", " ", _fold(typed))
    found = re.fullmatch(r"([A-T]?\d{2,4})\s*(.*)", text)
    if found is None:
        return _unread(
            question,
            typed,
            "要带行业代码",
            "打「汽车」「酒店」这样两个字，从列出来的里面选；没有列出来的，照统计报表写代码",
        )
    canonical = f"{found.group(1)} {found.group(2)}".strip()
    return Parsed(Given(canonical))


def credit_check_character(first_17: str) -> str:
    """The 18th character of a 统一社会信用代码. Source: GB 32100-2015 (recalled)."""
    total = sum(
        _CREDIT_CHARACTERS.index(character) * weight
        for character, weight in zip(first_17, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_CHARACTERS[(31 - total % 31) % 31]


def _credit_code(question: Question, typed: str) -> Parsed:
    """Kept as typed (capitals, no blanks) even when wrong, so that nothing is lost."""
    text = re.sub(r"[\s-]", "", _fold(typed)).upper()
    answer = Given(text, raw="" if text == typed.strip() else typed.strip())

    def wrong(what: str, remedy: str, *offers: Offer) -> Parsed:
        return Parsed(answer, "", Problem(_label(question), what, remedy), offers)

    odd = sorted({character for character in text if character not in _CREDIT_CHARACTERS})
    if odd:
        swapped = text.replace("O", "0").replace("I", "1").replace("Z", "2").replace("S", "5")
        offers: tuple[Offer, ...] = ()
        if len(swapped) == 18 and all(c in _CREDIT_CHARACTERS for c in swapped):
            offers = (_change(swapped),)
        return wrong(f"信用代码里没有「{'、'.join(odd)}」", "请对照营业执照", *offers)
    if len(text) != 18:
        return wrong(f"信用代码是 18 位，现在是 {len(text)} 位", "请对照营业执照")
    expected = credit_check_character(text[:17])
    if expected != text[17]:
        return wrong(
            f"末位对不上：按前 17 位算应是 {expected}，现在是 {text[17]}", "请对照营业执照"
        )
    return Parsed(answer)
