"""What people type: understood, or kept with a remedy; never dropped, never guessed silently."""

import string
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.finding import Missing
from app.assessment.numbers import number_text
from app.assessment.units import find_unit
from app.forms.answer import Given
from app.forms.parse import credit_check_character, is_unread, lower_bound, parse_answer
from app.forms.question import Option, Question, QuestionKind

F = Fraction


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
        ("28个", "人", "28"),
        ("28 位", "人", "28"),
        ("430 m³/年", "m³", "430"),
        ("0", "", "0"),
        (".5", "", "0.5"),
        ("007", "", "7"),
        ("1,2345", "", "12345"),
        ("¥ 95,138.24", "元", "95138.24"),
        ("0.30", "", "0.3"),
        ("1.2万件", "件", "12000"),
        ("12 GWh", "kWh", "12000000"),
        ("3亿kWh", "万kWh", "30000"),
        ("5000 L/t", "m3/t", "5"),
        ("1.2亿", "万元", "12000"),
        ("2.5 百万", "元", "2500000"),
        ("1.2×10⁴ m³", "m³", "12000"),
        ("1.2*10^4", "t", "12000"),
        ("5 10⁴m²", "m²", "50000"),
        ("3 立方米/平方米", "m³/m²", "3"),
        ("3 千瓦时/平方米", "kW·h/m²", "3"),
        ("2 MWh/m²", "kW·h/m²", "2000"),
        ("2吨标煤/吨", "kgce/t", "2000"),
        ("3 g/m³", "mg/m³", "3000"),
        ("5万标方", "Nm³", "50000"),
        ("40 毫克/标方", "mg/Nm³", "40"),
        ("共 128 人", "人", "128"),
        ("约120吨左右", "t", "120"),
        ("0.85%", "%", "0.85"),
        ("8‰", "%", "0.8"),
        ("85%", "（小数）", "0.85"),
        ("10 MJ", "kW·h", "25/9"),
        ("8.0000000000001", "t", "8.0000000000001"),
        ("980", "", "980"),
        ("1.2萬", "kWh", "12000"),
        ("2 億", "m³", "200000000"),
        ("¥6480万", "万元", "6480"),
        ("1’200’000", "kWh", "1200000"),
        ("590斤", "t", "0.295"),
        ("112 kWh/(m²·a)", "kW·h/m²", "112"),
        ("0.112 MWh/m²·年", "kW·h/m²", "112"),
        ("2千万元", "万元", "2000"),
        ("86.4万千瓦·时", "kWh", "864000"),
        ("345 tce/亿元", "kgce/万元", "34.5"),
        ("1.2亿千瓦时", "kWh", "120000000"),
        ("3百万千瓦时", "kWh", "3000000"),
        ("1.2千万千瓦时", "kWh", "12000000"),
        ("2.3千千瓦时", "kWh", "2300"),
        ("0.32万千克", "kg", "3200"),
        ("1.2亿千克", "t", "120000"),
        ("0.32万千克标准煤", "tce", "3.2"),
        ("1.2万千瓦", "kW", "12000"),
        ("1.2万千米", "km", "12000"),
        ("1.2千千升", "L", "1200000"),
        ("1.2万千焦", "MJ", "12"),
        ("1.2千千瓦时/吨", "kWh/t", "1200"),
        ("12 百千瓦", "kW", "1200"),
        ("3.2 mwh", "kWh", "3200"),
        ("3.2 MWH", "kWh", "3200"),
        ("0.6mpa", "MPa", "0.6"),
        ("15 M", "m", "15"),
        ("30 MM", "mm", "30"),
        ("12000 M2", "m²", "12000"),
        ("5 MG/L", "mg/L", "5"),
    ],
)
def test_numbers_are_read_as_meant(typed: str, unit: str, text: str) -> None:
    parsed = parse_answer(question(unit=unit), typed)
    assert isinstance(parsed.answer, Given)
    assert parsed.answer.text == text
    assert parsed.problem is None


@pytest.mark.parametrize(
    ("typed", "unit", "text"),
    [("590吨", "m³", "590"), ("1.2万吨水", "m³", "12000"), ("0.5 t/h", "m³/h", "0.5")],
)
def test_a_tonne_of_water_is_a_cubic_metre(typed: str, unit: str, text: str) -> None:
    water = replace(question(unit=unit), tonnes=True)
    assert parse_answer(water, typed).answer == Given(text, raw=typed)
    assert parse_answer(question(unit=unit), typed).answer == Given("", raw=typed)


def test_a_limit_of_the_standard_state_is_the_limit() -> None:
    result = replace(question(unit="mg/m³"), detection=True)
    assert parse_answer(result, "41.6 mg/Nm³").answer == Given("41.6", raw="41.6 mg/Nm³")
    assert parse_answer(question(unit="mg/m³"), "41.6 mg/Nm³").problem is not None


@pytest.mark.parametrize(
    ("typed", "unit", "offers"),
    [
        ("一百二十八", "人", ["128"]),
        ("三万五千", "", ["35000"]),
        ("三万五", "", []),
        ("1.2万件", "", ["12000"]),
        ("1.2万件", "t", []),
        ("12 GWh", "", []),
        ("3千", "万元", ["3000", "0.3"]),
        ("解放路128号", "t", []),
        ("1.2×104", "t", []),
        ("100多吨", "t", []),
        ("2025-03-01", "t", []),
        ("12 L/m³", "kg/t", []),
        ("0.85", "%", ["85%", "0.85%"]),
        ("85", "（小数）", ["0.85", "85(小数)"]),
        ("1,5", "", ["1.5", "15"]),
        ("12 箱", "kg", []),
        ("500 m³", "kWh", []),
        ("—", "kg", ["0"]),
        ("无", "kg", ["0"]),
        ("abc", "", []),
        ("1.2.3", "", []),
        ("<0.05", "mg/L", []),
        # What stands behind the number stays with every offer.
        ("1,2 万", "kWh", ["1.2万", "12万"]),
        ("3,5吨", "kg", ["3.5吨", "35吨"]),
        ("一亿二千万", "kWh", ["120000000"]),
        ("五亿三千二百万", "元", ["532000000"]),
        ("万", "kWh", []),
        # A mark of a note is no digit; 「万千」 is no number word; ¥ does not say whether yuan or ten thousand.
        ("12845①", "kg", []),
        ("12845⒈", "kg", []),
        ("㊿", "kg", []),
        ("3.5万千", "kWh", []),
        ("¥64,800,000", "万元", ["64,800,000元", "64,800,000万元"]),
        ("1.200.000", "kWh", []),
        ("350000 kWh/月", "kWh", []),
        ("12万3456", "kWh", []),
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


@pytest.mark.parametrize(
    ("typed", "text", "low"),
    [
        ("6～9", "9", "6"),
        ("6-9", "9", "6"),
        ("6.5 至 8.5", "8.5", "6.5"),
        ("≤80", "80", None),
        ("<80", "80", None),
        ("不大于 80", "80", None),
        ("80", "80", None),
    ],
)
def test_a_limit_may_have_two_ends(typed: str, text: str, low: str | None) -> None:
    limit = replace(question(), bounds=True)
    parsed = parse_answer(limit, typed)
    assert isinstance(parsed.answer, Given)
    assert parsed.answer.text == text
    assert lower_bound(parsed.answer) == (None if low is None else Fraction(low))
    assert is_unread(parse_answer(limit, "9-6").answer)
    assert is_unread(parse_answer(question(), "6-9").answer)


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
        "2025年3月1号",
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
    early = parse_answer(question(QuestionKind.YEAR), "1209").problem
    assert early is not None
    assert early.what == "没有 1209 年的事"


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


def test_marks_alone_are_no_empty_answer() -> None:
    several = Question("q", "工序", QuestionKind.MULTI_CHOICE, options=(Option("a", "甲"),))
    parsed = parse_answer(several, " ；; ")
    assert parsed.problem is not None
    assert parsed.answer == Given("", raw="；;")


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


@given(st.fractions())
def test_canonical_text_of_a_number_is_exact(value: Fraction) -> None:
    assert Fraction(number_text(value)) == value
    assert Fraction(number_text(value * 980)) == value * 980


# What one of each is in the first of its line, worked out by hand; the reader's own table is not asked.
_SPELLED: dict[str, dict[str, Fraction | int]] = {
    "kW·h": {"kWh": 1, "度": 1, "MWh": 1000, "GWh": 10**6, "万度": 10**4, "亿kWh": 10**8, "万千瓦时": 10**4},
    "t": {"吨": 1, "kg": F(1, 1000), "公斤": F(1, 1000), "万吨": 10**4, "千吨": 1000, "百万吨": 10**6, "g": F(1, 10**6)},
    "万元": {"元": F(1, 10**4), "亿元": 10**4, "千元": F(1, 10), "万元": 1, "万": 1, "亿": 10**4, "百万": 100},
    "件": {"万件": 10**4, "千只": 1000, "个": 1, "台": 1, "亿件": 10**8},
    "m³": {"立方": 1, "万方": 10**4, "升": F(1, 1000), "10⁴ m³": 10**4, "×10⁴ m³": 10**4, "x10^3立方米": 1000, "m³/年": 1},
    "m³/t": {"L/t": F(1, 1000), "立方米/吨": 1, "m3/kg": 1000, "升/公斤": 1},
    "kW·h/m²": {"MWh/m²": 1000, "度/平方米": 1, "kWh/万m2": F(1, 10**4), "GWh/km²": 1},
    "kgce/t": {"tce/t": 1000, "吨标煤/吨": 1000, "千克标煤/吨": 1, "kgce/kg": 1000, "tce/万t": F(1, 10)},
    "mg/m³": {"g/m3": 1000, "μg/m³": F(1, 1000), "毫克/立方米": 1, "kg/m3": 10**6, "mg/L": 1000},
}  # fmt: skip
_ELSEWHERE = ("箱", "多吨", "号", "GWh", "元", "人", "L/m³", "kg", "度", "万", "美元", "桶", "平")


@given(
    st.sampled_from(sorted(_SPELLED)),
    st.decimals("0.001", 10**6, places=3, allow_nan=False),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_no_spelling_of_a_unit_changes_the_size_of_a_number(
    unit: str, number: object, data: st.DataObject
) -> None:
    own = _SPELLED[unit]
    spelled = data.draw(st.sampled_from(sorted({*own, *_ELSEWHERE})))
    gap = " " if spelled[0].isdigit() else data.draw(st.sampled_from(["", " "]))
    parsed = parse_answer(question(unit=unit), f"{number}{gap}{spelled}")
    assert isinstance(parsed.answer, Given)
    if spelled in own:
        assert Fraction(parsed.answer.text) == Fraction(str(number)) * own[spelled]
        return
    if (
        parsed.answer.text
    ):  # understood by a road the table above does not name: only as the same kind of thing
        other = find_unit(spelled)
        assert other is not None or spelled in ("万", "平")
        return
    assert parsed.problem is not None
    assert not parsed.offers or spelled == "万"


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


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("3.2 Mg", "t"),
        ("3.2 MG", "t"),
        ("3.2 Mg", "kg"),
        ("3.2 Mg/L", "mg/L"),
        ("3.2 Mg/m³", "mg/m³"),
        ("3.2 mWh", "kWh"),
        ("3.2 mW·h", "kWh"),
        ("3.2 ML", "m³"),
        ("3.2 mJ", "GJ"),
        ("3.2 mW", "kW"),
        ("0.6 mPa", "MPa"),
        ("3 Mm", "m"),
        ("12845₂", "kg"),
        ("12₃ kWh", "kWh"),
    ],
)
def test_a_prefix_of_doubtful_size_is_asked(typed: str, unit: str) -> None:
    parsed = parse_answer(question(unit=unit), typed)
    assert is_unread(parsed.answer)
    assert parsed.problem is not None
