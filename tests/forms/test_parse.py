"""What people type: understood, or kept with a remedy; never dropped, never guessed silently."""

import string
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.finding import Missing
from app.assessment.numbers import number_text
from app.forms.answer import Given
from app.forms.parse import credit_check_character, is_unread, parse_answer
from app.forms.question import Option, Question, QuestionKind


def question(kind: QuestionKind = QuestionKind.NUMBER, unit: str = "") -> Question:
    return Question("q", "题", kind, unit=unit, short="题")


@pytest.mark.parametrize(
    ("typed", "unit", "text"),
    [
        ("1234", "", "1234"),
        ("1,234", "", "1234"),
        ("1，234．5", "", "1234.5"),
        ("１２３４", "", "1234"),
        ("1 862 400", "kWh", "1862400"),
        ("1.2万", "", "12000"),
        ("1.2 亿", "", "120000000"),
        ("1.2e3", "", "1200"),
        ("1.5E-3", "", "0.0015"),
        ("-5", "℃", "-5"),
        ("−5", "℃", "-5"),
        ("－5", "℃", "-5"),
        ("–5", "℃", "-5"),
        ("(300)", "元", "-300"),
        ("128,400 kWh", "kWh", "128400"),
        ("128400度", "kWh", "128400"),
        ("18.6万度", "kWh", "186000"),
        ("18.6 万千瓦时", "kWh", "186000"),
        ("2.5吨", "kg", "2500"),
        ("5千克", "kg", "5"),
        ("6480万", "万元", "6480"),
        ("64800000元", "万元", "6480"),
        ("约 5.4 万 m³", "m³", "54000"),
        ("53620立方米", "m³", "53620"),
        ("33.78%", "%", "33.78"),
        ("128人", "人", "128"),
        ("430 m³/年", "m³", "430"),
        ("0", "", "0"),
        (".5", "", "0.5"),
        ("007", "", "7"),
        ("1,2345", "", "12345"),
        ("¥ 95,138.24", "元", "95138.24"),
        ("0.30", "", "0.3"),
    ],
)
def test_numbers_are_read_as_meant(typed: str, unit: str, text: str) -> None:
    parsed = parse_answer(question(unit=unit), typed)
    assert isinstance(parsed.answer, Given)
    assert parsed.answer.text == text
    assert parsed.problem is None


@pytest.mark.parametrize(
    ("typed", "unit", "offers"),
    [
        ("一百二十八", "人", ["128"]),
        ("三万五千", "", ["35000"]),
        ("1,5", "", ["1.5", "15"]),
        ("12 箱", "kg", ["12"]),
        ("500 m³", "kWh", []),
        ("—", "kg", ["0"]),
        ("无", "kg", ["0"]),
        ("abc", "", []),
        ("1.2.3", "", []),
        ("<0.05", "mg/L", []),
    ],
)
def test_what_cannot_be_read_is_kept_with_a_remedy(
    typed: str, unit: str, offers: list[str]
) -> None:
    parsed = parse_answer(question(unit=unit), typed)
    assert parsed.answer == Given("", raw=typed)
    assert is_unread(parsed.answer)
    assert parsed.problem is not None
    assert [offer.typed for offer in parsed.offers] == offers


def test_clearing_a_field_is_missing_never_zero() -> None:
    assert parse_answer(question(), "  ").answer == Missing()


def test_what_was_understood_differently_is_said_and_the_typed_text_kept() -> None:
    parsed = parse_answer(question(unit="kWh"), "18.6万度")
    assert parsed.understood == "186,000 kWh"
    assert parsed.answer == Given("186000", raw="18.6万度")


@pytest.mark.parametrize(
    "typed",
    [
        "2025-3-1",
        "2025.3.1",
        "2025/3/1",
        "2025年3月1日",
        "20250301",
        "45717",
        "２０２５－３－１",
        "2025-03-01 00:00:00",
    ],
)
def test_dates_in_many_hands(typed: str) -> None:
    parsed = parse_answer(question(QuestionKind.DATE), typed)
    assert isinstance(parsed.answer, Given)
    assert parsed.answer.text == "2025-03-01"


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("25-3-1", ["2025-03-01"]),
        ("3/4/2025", ["2025-03-04", "2025-04-03"]),
        ("2025-2-30", []),
        ("2025-3", []),
        ("明天", []),
    ],
)
def test_dates_that_need_a_hand(typed: str, offers: list[str]) -> None:
    parsed = parse_answer(question(QuestionKind.DATE), typed)
    assert is_unread(parsed.answer)
    assert [offer.typed for offer in parsed.offers] == offers


def test_months_and_years() -> None:
    month = question(QuestionKind.MONTH)
    for typed in ("2025-03", "2025-3", "2025年3月", "202503", "2025.3"):
        answer = parse_answer(month, typed).answer
        assert isinstance(answer, Given)
        assert answer.text == "2025-03"
    year = question(QuestionKind.YEAR)
    assert parse_answer(year, "２０２５年").answer == Given("2025", raw="２０２５年")
    wrong = parse_answer(year, "20098")
    assert [offer.typed for offer in wrong.offers] == ["2009"]
    assert wrong.problem is not None
    assert wrong.problem.what == "年份是 4 位数"


def test_credit_code_says_what_the_last_character_should_be() -> None:
    code = question(QuestionKind.CREDIT_CODE)
    assert parse_answer(code, "9144 0605 ma05t8k207").problem is None
    wrong = parse_answer(code, "91440605MA05T8K201")
    assert wrong.answer == Given("91440605MA05T8K201")
    assert wrong.problem is not None
    assert wrong.problem.what == "末位对不上：按前 17 位算应是 7，现在是 1"
    short = parse_answer(code, "9144")
    assert short.problem is not None
    assert "18 位" in short.problem.what
    letter = parse_answer(code, "9144O605MA05T8K207")
    assert [offer.typed for offer in letter.offers] == ["91440605MA05T8K207"]


def test_choices_by_label_id_or_part() -> None:
    kinds = (Option("rinse", "镀件清洗"), Option("living", "办公与生活"))
    choice = Question("q", "用途", QuestionKind.CHOICE, options=kinds)
    for typed in ("镀件清洗", "rinse", "清洗"):
        assert parse_answer(choice, typed).answer == Given("rinse")
    unknown = parse_answer(choice, "冷却")
    assert is_unread(unknown.answer)
    several = Question("q", "工序", QuestionKind.MULTI_CHOICE, options=kinds)
    assert parse_answer(several, "办公与生活、清洗").answer == Given("rinse|living")
    partly = parse_answer(several, "清洗、冷却")
    assert partly.answer == Given("rinse", raw="清洗、冷却")
    assert partly.problem is not None


def test_yes_no() -> None:
    asked = question(QuestionKind.YES_NO)
    assert parse_answer(asked, "有").answer == Given("yes")
    assert parse_answer(asked, "没有").answer == Given("no")
    assert is_unread(parse_answer(asked, "也许").answer)


@given(
    st.text(max_size=40),
    st.sampled_from(list(QuestionKind)),
    st.sampled_from(["", "kg", "%", "万元"]),
)
def test_no_text_crashes_the_reader_or_gets_lost(typed: str, kind: QuestionKind, unit: str) -> None:
    options = (Option("a", "甲"),) if "choice" in kind.value else ()
    parsed = parse_answer(Question("q", "题", kind, unit=unit, options=options), typed)
    if not typed.strip():
        assert parsed.answer == Missing()
        return
    assert isinstance(parsed.answer, Given)
    assert parsed.answer.text or parsed.answer.raw
    if parsed.answer.text and kind is QuestionKind.NUMBER:
        Fraction(parsed.answer.text)


@given(st.fractions(max_denominator=10**6))
def test_canonical_text_of_a_decimal_is_exact(value: Fraction) -> None:
    exact = Fraction(round(value * 10**6), 10**6)
    assert Fraction(number_text(exact)) == exact


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    )
)
def test_printed_numbers_come_back(value: object) -> None:
    parsed = parse_answer(question(), f"{value:,}")
    assert isinstance(parsed.answer, Given)
    assert Fraction(parsed.answer.text) == Fraction(str(value))


@given(
    st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17),
    st.integers(0, 16),
)
def test_one_wrong_character_is_always_found(first: str, place: int) -> None:
    code = first + credit_check_character(first)
    other = next(c for c in string.digits + "AB" if c != code[place])
    wrong = code[:place] + other + code[place + 1 :]
    assert parse_answer(question(QuestionKind.CREDIT_CODE), code).problem is None
    assert parse_answer(question(QuestionKind.CREDIT_CODE), wrong).problem is not None
