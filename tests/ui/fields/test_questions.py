"""Questions on the screen, by keyboard: what is recorded, what is said, and the three silences."""

from dataclasses import replace
from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.assessment.finding import Missing, NotApplicable
from app.assessment.indicator_system import Verification
from app.assessment.trace import Trace
from app.checkup.page_remarks import Remark, Severity
from app.forms.answer import MISSING, Answer, Given
from app.forms.figure import Figure, Tone
from app.forms.parse import Offer
from app.forms.question import Option, Question, QuestionKind
from app.ui import theme
from app.ui.fields import edit
from app.ui.fields.answer_words import answer_text, grouped
from app.ui.fields.blocks import field_block
from app.ui.fields.choice_inputs import ChipsInput, ComboInput, SegmentsInput
from app.ui.fields.control import QuestionControl
from app.ui.fields.edit import FieldState
from app.ui.fields.figures import FigureTile
from app.ui.fields.inputs import create_input
from app.ui.fields.long_text_input import LongTextInput
from app.ui.fields.message_line import MessageLine
from app.ui.fields.typed_input import TypedInput
from tests.helpers.typing import press, type_text

POWER = Question(
    "power", "7 月电量是多少？", QuestionKind.NUMBER, number="4.1", short="7 月电量", unit="kWh"
)
LPG = Question(
    "lpg",
    "一年用多少液化石油气？",
    QuestionKind.NUMBER,
    short="液化石油气",
    unit="kg",
    silences=True,
    why="合计要它",
)
FIGURE = Figure(
    quantity_id="energy.total",
    title="综合能耗",
    unit="tce",
    decimals=2,
    value=Fraction(42653, 100),
    at_least=None,
    missing=(),
    not_applicable="",
    computed=Fraction(42653, 100),
    overridden=False,
    reason="",
    trace=Trace("综合能耗", Fraction(42653, 100), "tce"),
)


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")


class Bench:
    """A question in a window, with a field after it, that remembers what was answered and shows it as the page would."""

    def __init__(self, qtbot: QtBot, question: Question, answer: Answer = MISSING) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.control = QuestionControl(question, question.id, self.window)
        self.answer = answer
        self.given: list[Answer] = []
        self.remarks: tuple[Remark, ...] = ()
        self.control.answered.connect(self._on_answer)
        box = QVBoxLayout(self.window)
        box.addWidget(field_block(self.control, self.window))
        self.after = create_input(Question("next", "下一题", QuestionKind.TEXT))
        box.addWidget(self.after)
        self.control.step.connect(lambda _step: self.after.focus_target().setFocus())
        self.control.show(answer)
        self.window.resize(480, 200)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.control.focus()
        QApplication.processEvents()

    def _on_answer(self, answer: object) -> None:
        assert isinstance(answer, Given | NotApplicable | type(MISSING))
        self.answer = answer
        self.given.append(answer)
        self.control.show(answer, None, self.remarks)

    @property
    def line(self) -> str:
        return self.control.line.text() if self.control.line.isVisible() else ""


def test_a_nought_where_words_are_asked_is_what_was_typed(qtbot: QtBot) -> None:
    number = Question("plan", "应急预案备案编号", QuestionKind.TEXT, silences=True)
    bench = Bench(qtbot, number)
    type_text("0")
    press(Qt.Key.Key_Return)
    assert bench.answer == Given("0")
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == "0"


def test_a_text_longer_than_its_field_shows_its_beginning_when_left(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Question("who", "给谁？", QuestionKind.TEXT))
    type_text("abc " * 60)
    press(Qt.Key.Key_Return)
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.cursorPosition() == 0


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("176800", "176800", "176,800"),
        ("1,234", "1234", "1,234"),
        ("１２３４", "1234", "1,234"),
        ("1.2万", "12000", "12,000"),
        ("176 800 kWh", "176800", "176,800"),
        ("-5", "-5", "−5"),
    ],
)
def test_numbers_are_understood_as_people_write_them(
    qtbot: QtBot, typed: str, text: str, shown: str
) -> None:
    bench = Bench(qtbot, POWER)
    type_text(typed)
    press(Qt.Key.Key_Return)
    assert isinstance(bench.answer, Given)
    assert bench.answer.text == text
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == shown
    assert QApplication.focusWidget() is bench.after.focus_target()


def test_what_was_understood_is_said(qtbot: QtBot) -> None:
    bench = Bench(qtbot, POWER)
    type_text("1.2万")
    press(Qt.Key.Key_Tab)
    assert "12,000 kWh" in bench.line


def test_words_are_kept_and_a_correction_is_only_taken_on_request(qtbot: QtBot) -> None:
    bench = Bench(qtbot, POWER)
    bench.remarks = (
        Remark("power", Severity.SHOULD, "看着是 128", "", (Offer("改成 128", "128"),)),
    )
    type_text("一百二十八")
    press(Qt.Key.Key_Return)
    assert bench.given[0] == Given("", raw="一百二十八")
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == "一百二十八"
    assert bench.control.input.state is FieldState.LOOK_AGAIN
    assert "看着是 128" in bench.line
    bench.remarks = ()
    bench.control.line.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    assert bench.answer == Given("128")


def test_clearing_gives_missing_never_nought(qtbot: QtBot) -> None:
    bench = Bench(qtbot, POWER, Given("5"))
    press(Qt.Key.Key_Backspace)
    press(Qt.Key.Key_Return)
    assert isinstance(bench.answer, Missing)


def test_text_at_rest_is_recorded_without_touching_what_is_typed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit, "REST_MS", 100)
    bench = Bench(qtbot, POWER)
    type_text("1234")
    with qtbot.waitSignal(bench.control.answered):
        pass
    assert bench.answer == Given("1234")
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == "1234"
    type_text("5")
    press(Qt.Key.Key_Tab)
    assert bench.answer == Given("12345")
    assert bench.control.input.text() == "12,345"


def test_remarks_wait_until_the_field_is_left(qtbot: QtBot) -> None:
    bench = Bench(qtbot, replace(POWER, kind=QuestionKind.YEAR, unit=""))
    bench.remarks = (Remark("power", Severity.MUST, "年份是 4 位数", ""),)
    type_text("20098")
    bench.control.commit()
    assert bench.line == ""
    press(Qt.Key.Key_Tab)
    assert "年份是 4 位数" in bench.line
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.state is FieldState.MUST_MEND


def test_a_typed_nought_is_asked_about_and_enter_confirms(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG)
    type_text("0")
    press(Qt.Key.Key_Return)
    assert "写成零" in bench.line
    assert bench.given == []
    press(Qt.Key.Key_Return)
    assert bench.answer == Given("0")
    assert bench.control.chip.chip.text == "零"
    assert QApplication.focusWidget() is bench.after.focus_target()


def test_a_typed_nought_that_is_left_is_kept(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG)
    type_text("0")
    bench.after.focus_target().setFocus()
    assert bench.answer == Given("0")


def test_nought_can_be_refused(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG)
    type_text("0")
    press(Qt.Key.Key_Return)
    bench.control.line.picked.emit("clear")
    assert isinstance(bench.answer, Missing)
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == ""


def test_not_applicable_needs_a_reason_of_four_characters(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG, Given("5"))
    press(Qt.Key.Key_Backspace)
    type_text("/")
    qtbot.wait(10)
    type_text("没有")
    press(Qt.Key.Key_Return)
    assert bench.given == []
    assert "至少 4 个字" in bench.line
    type_text("这种气")
    press(Qt.Key.Key_Return)
    assert bench.answer == NotApplicable("没有这种气")
    assert bench.control.chip.chip.text == "不适用"
    assert QApplication.focusWidget() is bench.after.focus_target()


def test_an_earlier_reason_is_offered(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG)
    bench.control.set_reasons(["园区没有蒸汽管网"])
    type_text("/")
    qtbot.wait(10)
    assert "园区没有蒸汽管网" in bench.line
    bench.control.line.picked.emit("reason:0")
    assert bench.answer == NotApplicable("园区没有蒸汽管网")


def test_the_switch_is_worked_with_the_keyboard(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG)
    assert bench.control.switch is not None
    bench.control.switch.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("0")
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Space)
    assert isinstance(bench.answer, Missing)


def test_an_unusual_value_can_be_explained(qtbot: QtBot) -> None:
    bench = Bench(qtbot, POWER)
    bench.remarks = (Remark("power", Severity.SHOULD, "比常见的大", "没错就写一句原因"),)
    type_text("9999999")
    press(Qt.Key.Key_Tab)
    bench.control.line.picked.emit("note")
    bench.remarks = ()
    type_text("新增一条线")
    press(Qt.Key.Key_Return)
    assert bench.answer == Given("9999999", note="新增一条线")


def test_an_undone_answer_is_shown_while_the_field_keeps_the_focus(qtbot: QtBot) -> None:
    bench = Bench(qtbot, POWER, Given("5"))
    type_text("7")
    bench.control.commit()
    bench.control.show(Given("5"))
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == "5"
    assert bench.control.input.hasFocus()


def test_every_part_is_named(qtbot: QtBot) -> None:
    bench = Bench(qtbot, LPG)

    def spoken(widget: QWidget, what: QAccessible.Text) -> str:
        return QAccessible.queryAccessibleInterface(widget).text(what)

    field = bench.control.input.focus_target()
    assert spoken(field, QAccessible.Text.Name) == "液化石油气，kg，必填"
    assert spoken(field, QAccessible.Text.Description) == "未填"
    assert bench.control.switch is not None
    assert spoken(bench.control.switch.buttons[1], QAccessible.Text.Name) == "液化石油气：零"
    bench.control.show(NotApplicable("园区没有蒸汽管网"))
    note = bench.control.focus_target()
    assert "不适用的原因" in spoken(note, QAccessible.Text.Name)


def test_a_computed_figure_opens_its_trace_and_cannot_be_typed_into(qtbot: QtBot) -> None:
    question = Question(
        "total", "综合能耗", QuestionKind.NUMBER, unit="tce", derived="energy.total"
    )
    bench = Bench(qtbot, question)
    bench.control.show(MISSING, FIGURE)
    field = bench.control.input
    assert isinstance(field, TypedInput)
    assert field.text() == "426.53"
    assert field.state is FieldState.COMPUTED
    QTest.keyClicks(field, "9")
    assert field.text() == "426.53"
    with qtbot.waitSignal(bench.control.trace_requested) as caught:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert caught.args is not None
    assert caught.args[0] is FIGURE.trace


def test_a_lower_bound_says_so(qtbot: QtBot) -> None:
    question = Question(
        "total", "综合能耗", QuestionKind.NUMBER, unit="tce", derived="energy.total"
    )
    bench = Bench(qtbot, question)
    partial = replace(
        FIGURE, value=None, at_least=Fraction(300), missing=("energy.lpg",), computed=None
    )
    bench.control.show(MISSING, partial)
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.text() == "≥ 300.00"
    assert "还差 1 项" in bench.line


def test_typing_over_a_figure_needs_a_reason_and_can_be_taken_back(qtbot: QtBot) -> None:
    question = Question(
        "total", "综合能耗", QuestionKind.NUMBER, unit="tce", derived="energy.total"
    )
    bench = Bench(qtbot, question)
    bench.control.show(MISSING, FIGURE)
    answers: list[object] = []
    bench.control.overridden.connect(answers.append)
    bench.control.line.picked.emit("override")
    type_text("430")
    press(Qt.Key.Key_Return)
    type_text("实测")
    press(Qt.Key.Key_Return)
    assert answers == []
    type_text("热值")
    press(Qt.Key.Key_Return)
    assert answers == [Given("430", note="实测热值")]
    over = replace(FIGURE, value=Fraction(430), overridden=True, reason="实测热值")
    bench.control.show(Given("430", note="实测热值"), over)
    assert isinstance(bench.control.input, TypedInput)
    assert bench.control.input.state is FieldState.OVERRIDDEN
    assert "算出来 426.53，改因：实测热值" in bench.line
    bench.control.line.picked.emit("restore")
    assert answers[-1] == MISSING


def test_every_kind_has_its_widget() -> None:
    options = tuple(Option(str(n), f"选项{n}") for n in range(8))
    made = {
        kind: type(create_input(Question("q", "题", kind, options=options)))
        for kind in QuestionKind
    }
    assert set(made.values()) == {
        TypedInput,
        LongTextInput,
        SegmentsInput,
        ComboInput,
        ChipsInput,
    }
    assert made[QuestionKind.YES_NO] is SegmentsInput
    assert made[QuestionKind.CHOICE] is ComboInput


def test_choices_are_made_and_taken_back_by_keyboard(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Question("iso", "有没有体系？", QuestionKind.YES_NO))
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("yes")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("no")
    press(Qt.Key.Key_Delete)
    assert isinstance(bench.answer, Missing)


def test_none_of_them_and_the_others_put_each_other_out(qtbot: QtBot) -> None:
    options = (Option("lead", "铅"), Option("mercury", "汞"), Option("none", "都没有"))
    bench = Bench(qtbot, Question("m", "用到哪些？", QuestionKind.MULTI_CHOICE, options=options))
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("lead|mercury")
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("none")
    press(Qt.Key.Key_Backtab)
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("mercury")


def test_a_drop_down_is_worked_by_keyboard_and_not_by_the_wheel(qtbot: QtBot) -> None:
    options = tuple(Option(str(n), f"比较长的选项第 {n} 号") for n in range(5))
    bench = Bench(qtbot, Question("c", "哪一种？", QuestionKind.CHOICE, options=options))
    press(Qt.Key.Key_Down)
    assert bench.answer == Given("0")
    press(Qt.Key.Key_Delete)
    assert isinstance(bench.answer, Missing)


def test_several_choices_are_joined_in_the_order_of_the_options(qtbot: QtBot) -> None:
    options = (Option("a", "镀锌"), Option("b", "镀铜"), Option("c", "镀镍"))
    bench = Bench(qtbot, Question("m", "有哪些工序？", QuestionKind.MULTI_CHOICE, options=options))
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Backtab)
    press(Qt.Key.Key_Backtab)
    press(Qt.Key.Key_Space)
    assert bench.answer == Given("a|c")


def test_long_text_is_recorded_when_left(qtbot: QtBot) -> None:
    bench = Bench(qtbot, Question("t", "说说企业", QuestionKind.LONG_TEXT))
    type_text("hang yi")
    press(Qt.Key.Key_Return)
    type_text("hang er")
    press(Qt.Key.Key_Tab)
    assert bench.answer == Given("hang yi\nhang er")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1862400", "1,862,400"), ("-0.5", "−0.5"), ("95138.24", "95,138.24"), ("约 5", "约 5")],
)
def test_figures_are_grouped(text: str, shown: str) -> None:
    assert grouped(text) == shown


def test_answers_are_shown_in_words() -> None:
    options = (Option("a", "镀锌"), Option("b", "镀铜"))
    many = Question("m", "工序", QuestionKind.MULTI_CHOICE, options=options)
    assert answer_text(many, Given("a|b")) == "镀锌、镀铜"
    assert answer_text(POWER, Given("", raw="大约五百")) == "大约五百"
    assert answer_text(POWER, NotApplicable("没有")) == ""


def test_words_of_a_rule_stand_in_full_with_the_reason_and_the_mark(qtbot: QtBot) -> None:
    words = "2.35 kg/h，到了 2：重点地区要配处理设施，效率 80 % 以上" * 3
    trace = Trace("要不要配", words, note="按全年平均折算", verification=Verification.RECALLED)
    figure = replace(FIGURE, value=None, computed=None, words=words, tone=Tone.UNSURE, trace=trace)
    tile = FigureTile()
    qtbot.addWidget(tile)
    tile.show_figure(figure, "按全年平均折算")
    line = tile.fontMetrics().lineSpacing()
    assert tile.has_words
    assert tile.heightForWidth(260) > tile.heightForWidth(900) + 2 * line
    tile.resize(400, tile.heightForWidth(400))
    shown = tile.grab().toImage()
    tile.show_figure(replace(figure, tone=Tone.PLAIN), "按全年平均折算")
    assert tile.grab().toImage() != shown


def test_the_line_under_a_question_follows_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    line = MessageLine()
    qtbot.addWidget(line)
    line.show_message("池子容积 ÷ 每天的液体量。")
    line.show()
    theme.apply_theme(qapp, "dark")
    QApplication.processEvents()
    assert line.palette().color(line.foregroundRole()) == theme.color("ink3")
    line.show_message("比常见的大", "warn")
    assert line.palette().color(line.foregroundRole()) == theme.color("ochre")
