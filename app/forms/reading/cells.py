"""One cell of a client's table as an answer: number, word, 「/」, or refused with its place."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.numbers import number_text
from app.forms.answer import SHORTEST_REASON, Answer, Given
from app.forms.cell_words import serial_day
from app.forms.grid import GridCell
from app.forms.parse import is_unread, parse_answer
from app.forms.question import Question, QuestionKind
from app.forms.reading.periods import read_label
from app.forms.reading.units import fit
from app.forms.reading.words import fold, words

NOT_DETECTED = "未检出的：写了检出限的按一半记，没写的记成未检出，都不是零"
NOT_APPLICABLE = {"/", "\\", "不适用", "n/a", "na"}
_DASHES = {"-", "--", "---", "—", "——", "–", "−", "无", "没有", "none", "nil"}
_EXCEL_ERROR = re.compile(r"^#(n/a|ref!|value!|div/0!|name\?|num!|null!|spill!|calc!)$")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")  # marks that nobody sees
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_WITH_UNIT = re.compile(r"([-+]?[\d,]+(?:\.\d+)?)\s*([^\d\s.,;%()][^\d]*\d?)")
_CAS_DATE = re.compile(r"(?:19|20)(\d{2})-(\d{2})-0?(\d)(?: 00:00:00)?")


@dataclass(frozen=True)
class Read:
    """answer: None when nothing is written. waiting: it is 「/」 and waits for a reason. value: the number, when it is one.
    own_unit: the cell says its unit itself, so that the head's unit does not count."""

    answer: Answer | None = None
    waiting: bool = False
    value: Fraction | None = None
    own_unit: bool = False


Refuse = Callable[[str, str], None]


def read_cell(
    question: Question,
    cell: GridCell,
    reason: str,
    refuse: Refuse,
    *,
    factor: Fraction = Fraction(1),
    tonnes: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Read:
    """The answer a cell becomes. factor: of the unit of head, title or row."""
    text = _UNSEEN.sub("", cell.text).strip()
    if question.kind is QuestionKind.NUMBER and not cell.note and _PLAIN.fullmatch(text):
        value = Fraction(text) * factor
        if value < 0 and not question.check.minimum.startswith("-"):
            refuse(f"{question.title}是负数 {text}，会照样写入", "退费、冲账请再核一遍")
        made = number_text(value)
        return Read(Given(made, raw="" if made == text else text), value=value)
    if cell.note:
        refuse(cell.note, "在 Excel 里打开存一次，或改成数再粘")
        return Read()
    plain = fold(text)
    if not plain:
        return Read()
    if _EXCEL_ERROR.match(plain):
        refuse(f"这一格是 Excel 的错误值 {text}，没有写", "先在 Excel 里改好")
        return Read()
    if plain in NOT_APPLICABLE:
        if len(reason.strip()) >= SHORTEST_REASON:
            return Read(NotApplicable(reason.strip()))
        return Read(waiting=True)
    if question.kind is QuestionKind.NUMBER and plain in _DASHES:
        refuse(
            f"「{text}」看不出是零、没填还是不适用，没有写",
            "是零写 0，没有这一项写「/」，不知道就空着",
        )
        return Read()
    if question.kind is QuestionKind.YEAR and (day := serial_day(plain)) is not None:
        text = str(day.year)
    elif (
        question.kind is QuestionKind.YEAR
        and (dated := read_label(text)) is not None
        and dated.year is not None
    ):
        text = str(dated.year)
    if "CAS" in question.title.upper():
        text = _cas(text, refuse)
        return Read(Given(text)) if text else Read()
    if question.kind is QuestionKind.CHOICE:
        for option in question.options:
            said = re.sub(r"^(hw|sw)\d+.*$", r"\1", plain.replace(" ", ""))  # 「HW49」
            if said in words()["choices"].get(option.label, ()):
                return Read(Given(option.id))
    typed, own_unit = text, False
    if question.kind is QuestionKind.NUMBER:
        with_unit = _WITH_UNIT.fullmatch(fold(text).lstrip("¥"))
        if with_unit is not None:
            found = fit(with_unit[2], question.unit, tonnes)
            if found.factor is not None:
                own_unit = True
                if not found.bare:
                    typed = f"{with_unit[1]}"
                    parsed = parse_answer(question, typed)
                    if isinstance(parsed.answer, Given) and parsed.answer.text:
                        value = Fraction(parsed.answer.text) * found.factor
                        return Read(Given(number_text(value), raw=text), value=value, own_unit=True)
        if re.fullmatch(r"'[\d.,]+", text):
            typed = text[1:]
    parsed = parse_answer(question, typed)
    answer = parsed.answer
    if is_unread(answer) or (parsed.problem is not None and isinstance(answer, Given)):
        problem = parsed.problem
        refuse(
            f"{problem.what if problem else f'「{text}」看不懂'}，没有写",
            (problem.remedy if problem else "") or "改好再粘，或写入后手填",
        )
        return Read()
    not_detected = isinstance(answer, NotApplicable) or (isinstance(answer, Given) and answer.note)
    if question.detection and not_detected:
        say(NOT_DETECTED)
    if not isinstance(answer, Given) or question.kind is not QuestionKind.NUMBER:
        return Read(answer)
    value = Fraction(answer.text)
    own_unit = own_unit or bool(
        re.search(r"[万千亿百a-zA-Z一-龥]", re.sub(r"[eE][+-]?\d+", "", plain))
    )
    if value < 0 and not question.check.minimum.startswith("-"):
        refuse(f"{question.title}是负数 {text}，会照样写入", "退费、冲账请再核一遍")
    if factor == 1 or own_unit:
        return Read(answer, value=value, own_unit=own_unit)
    value *= factor
    return Read(replace(answer, text=number_text(value), raw=text), value=value)


def _cas(text: str, refuse: Refuse) -> str:
    """A CAS number; one that a spreadsheet made a day of (1975-09-02) is told by its check digit. "" when it is none."""
    plain = fold(text).replace(" ", "")
    found = re.fullmatch(r"(\d{2,7})-(\d{2})-(\d)", plain)
    if found and cas_digit(found[1] + found[2]) == int(found[3]):
        return plain
    day = _CAS_DATE.fullmatch(fold(text)) or re.fullmatch(
        r"(?:19|20)(\d{2})/(\d{1,2})/0?(\d)", plain
    )
    if day:
        made = f"{day[1]}-{int(day[2]):02d}-{day[3]}"
        if cas_digit(day[1] + f"{int(day[2]):02d}") == int(day[3]):
            refuse(
                f"「{text}」是 Excel 把 CAS 号当成了日期，按 {made} 写，校验位对",
                "对照安全技术说明书再看一眼",
            )
            return made
        refuse(
            f"「{text}」是日期，不是 CAS 号，没有写", "在 Excel 里把这一列设成文本，重新填 CAS 号"
        )
        return ""
    if found:
        refuse(f"CAS 号「{text}」的校验位不对，没有写", "对照安全技术说明书改好再粘")
        return ""
    return text


def cas_digit(digits: str) -> int:
    """Check digit of a CAS number from the digits before it."""
    return sum(int(digit) * place for place, digit in enumerate(reversed(digits), start=1)) % 10
