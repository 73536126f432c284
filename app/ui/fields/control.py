"""One question on the screen: number, words, silence switch, input, reason, state chip, and the line below.

`QuestionControl` owns the widgets and the rules (`blocks` lays them out). It records nothing itself: it says what the user
answered.
"""

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QWidget

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import display
from app.checkup.page_remarks import Remark, Severity
from app.errors import ProgramError
from app.forms.answer import MISSING, SHORTEST_REASON, Answer, Given
from app.forms.figure import Figure
from app.forms.parse import Offer, Parsed, parse_answer
from app.forms.question import Question, QuestionKind
from app.ui import chips, theme
from app.ui.chips import ChipLabel
from app.ui.fields.answer_words import answer_text, is_zero
from app.ui.fields.edit import FieldState, LineField
from app.ui.fields.inputs import Input, create_input
from app.ui.fields.message_line import MessageLine, Tone
from app.ui.fields.typed_input import TypedInput
from app.ui.widgets import Segments, label

_VALUE, _ZERO, _NOT_APPLICABLE = "value", "zero", "na"


def figure_text(figure: Figure) -> str:
    """「426.53」, 「≥ 426.53」 while something is missing, "" when nothing can be said yet."""
    if figure.words:
        return figure.words
    if figure.value is not None:
        return display(figure.value, figure.decimals)
    if figure.at_least is not None and figure.at_least > 0:
        return f"≥ {display(figure.at_least, figure.decimals)}"
    return ""


def describe_answer(question: Question, answer: Answer) -> str:
    """The state of an answer in words, for screen readers."""
    match answer:
        case Missing():
            return "未填"
        case NotApplicable(reason):
            return f"不适用：{reason}"
        case _:
            return "零" if question.kind is QuestionKind.NUMBER and is_zero(answer) else "已填"


class QuestionControl(QObject):
    """The widgets of one question and what happens between them.

    answered(Answer): a new answer for `key`. overridden(Answer): a typed-over figure with its reason, or Missing to take
    it back. step(+1 / -1): to the next or previous field. trace_requested(Trace), help_requested(Question), entered().
    """

    answered = Signal(object)
    overridden = Signal(object)
    step = Signal(int)
    trace_requested = Signal(object)
    help_requested = Signal(object)
    entered = Signal()

    def __init__(
        self, question: Question, key: str, parent: QWidget, *, small: bool = False
    ) -> None:
        super().__init__(parent)
        self.question = question  # as it is asked now
        self.printed = question  # as the page has it
        self.key = key
        self._answer: Answer = MISSING
        self._figure: Figure | None = None
        self._remarks: tuple[Remark, ...] = ()
        self._offers: tuple[Offer, ...] = ()
        self._parsed: Parsed | None = None
        self._mode = _VALUE
        self._asking_zero = False
        self._zero_just_asked = False
        self._overriding = False
        self._noting = False
        self._wants_reason = False
        self._reasons: list[str] = []
        self._earlier: Answer = MISSING
        self._earlier_year = 0
        self._usual: Offer | None = None
        self._take_key: QShortcut | None = None

        self.number_label = label(question.number, "note")
        self.title_label = label(self._short() if small else question.title, "second", wrap=True)
        self.title_label.setToolTip(question.title if small else "")
        # beside the field of a row; a field of a grid shows its unit inside
        self.unit_label = label(question.unit, "second") if small and question.unit else None
        self.chip = ChipLabel(chips.answer_chip(MISSING))
        self.input: Input = create_input(question, small=small)
        self.line = MessageLine()
        self.switch: Segments | None = None
        self.note: LineField | None = None
        # Everything belongs to the page from the start: a widget without a parent would be deleted by Python's garbage
        # collection at any moment, also while Qt walks over all widgets. Tab goes through them in this order.
        if question.silences:
            self.switch = self._make_switch()
        for part in (
            self.number_label,
            self.title_label,
            self.unit_label,
            self.chip,
            self.switch,
            self.input,
            self.line,
        ):
            if part is not None:
                part.setParent(parent)
        if question.derived:
            self.input.set_state(FieldState.COMPUTED)
        self.title_label.setBuddy(self.input.focus_target())

        self.input.answered.connect(self._on_parsed)
        self.input.step.connect(self._on_step)
        self.input.entered.connect(self.entered)
        self.input.left.connect(self._on_left)
        if isinstance(self.input, TypedInput):
            self.input.opened.connect(self._open_trace)
            self.input.slashed.connect(lambda: self._choose(_NOT_APPLICABLE))
        self.line.picked.connect(self._on_link)

    def _make_switch(self) -> Segments:
        number = self.question.kind is QuestionKind.NUMBER
        self._modes = (_VALUE, _ZERO, _NOT_APPLICABLE) if number else (_VALUE, _NOT_APPLICABLE)
        words = {
            _VALUE: self.tr("填数") if number else self.tr("填写"),
            _ZERO: self.tr("零"),
            _NOT_APPLICABLE: self.tr("不适用"),
        }
        name = self._short()
        switch = Segments([words[mode] for mode in self._modes], role="silence", name=name)
        for tool in switch.buttons:
            tool.setAccessibleName(f"{name}：{tool.text()}")
        switch.chosen.connect(lambda index: self._choose(self._modes[index]))
        return switch

    def _ensure_note(self) -> LineField:
        """The line for a reason or a remark, made when it is first needed."""
        if self.note is None:
            self.note = LineField(flat=True, parent=self.input.parentWidget())
            self.note.hide()
            self.note.left.connect(self._commit_note)
            self.note.rested.connect(self._commit_note)
            self.note.accepted.connect(self._on_note_accepted)
            self.note.entered.connect(self.entered)
            box = self.input.parentWidget()
            layout = box.layout() if box is not None else None
            if isinstance(layout, QHBoxLayout):
                layout.insertWidget(layout.indexOf(self.input) + 1, self.note, 100)
                if self.switch is not None:
                    QWidget.setTabOrder(self.switch.buttons[-1], self.note)
        return self.note

    def set_reasons(self, reasons: Sequence[str]) -> None:
        """Reasons of 不适用 given elsewhere, newest first; offered while typing."""
        self._reasons = list(reasons)

    def set_beside(self, earlier: Answer, year: int, usual: Offer | None) -> None:
        """What the round before (base year `year`) answered, and what is usual; shown, and taken over only when asked for."""
        self._earlier, self._earlier_year, self._usual = earlier, year, usual
        if self._take_key is None and (usual is not None or not isinstance(earlier, Missing)):
            self._take_key = QShortcut(QKeySequence("Ctrl+D"), self.input)
            self._take_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._take_key.activated.connect(self.take_over)

    def take_over(self) -> None:
        """Answer as the round before did, else as is usual; nothing without either."""
        if self._differs_from_earlier():
            taken = self._earlier
            if isinstance(taken, Given):
                taken = Given(taken.text)
        elif self._usual is not None:
            taken = parse_answer(self.question, self._usual.typed).answer
        else:
            return
        self._parsed, self._wants_reason, self._asking_zero = None, False, False
        if isinstance(self.input, TypedInput):
            self.input.drop_typed()
        self._record(taken)

    def _differs_from_earlier(self) -> bool:
        match self._earlier:
            case Given(text):
                return not (isinstance(self._answer, Given) and self._answer.text == text)
            case NotApplicable():
                return not isinstance(self._answer, NotApplicable)
            case _:
                return False

    def _beside(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """「上一轮（2024 年）120 人」 or what is usual, with the link that takes it over; empty when there is neither."""
        if self._differs_from_earlier():
            text = answer_text(self.question, self._earlier)
            if isinstance(self._earlier, NotApplicable):
                text = self.tr("不适用：") + self._earlier.reason
            words = self.tr("上一轮（{0} 年）{1}").format(
                self._earlier_year, f"{text} {self.question.unit}".strip()
            )
            return words, (("take", self.tr("同上一轮 Ctrl+D")),)
        if self._usual is not None:
            return self._usual.label, (("take", self.tr("采用 Ctrl+D")),)
        return "", ()

    def _short(self) -> str:
        return self.question.short or self.question.title

    # -------------------------------------------------------------- showing

    def show(
        self,
        answer: Answer,
        figure: Figure | None = None,
        remarks: Sequence[Remark] = (),
    ) -> None:
        """Show the recorded state. Text that is being typed stays untouched; remarks wait until the field is left."""
        if answer != self._answer:
            self._asking_zero = False
        self._answer = answer
        self._figure = figure
        self._remarks = tuple(remarks)
        if self.question.derived:
            self._show_figure()
            return
        if isinstance(answer, NotApplicable):
            self._wants_reason = False
        self._mode = _NOT_APPLICABLE if self._wants_reason else self._mode_of(answer)
        self._show_mode()
        self.input.show_answer(MISSING if self._mode != _VALUE else answer)
        if self.note is not None and not self.note.hasFocus():
            self.note.setText(self._note_text())
        self._show_chip()
        self._show_line()

    def ask(self, question: Question) -> None:
        """The same question in the unit another answer says."""
        if question != self.question and isinstance(self.input, TypedInput):
            self.question = question
            self.input.ask(question)

    def _mode_of(self, answer: Answer) -> str:
        if isinstance(answer, NotApplicable):
            return _NOT_APPLICABLE
        if self.switch is not None and _ZERO in self._modes and is_zero(answer):
            return _ZERO
        return _VALUE

    def _note_text(self) -> str:
        match self._answer:
            case NotApplicable(reason):
                return reason
            case Given(note=note):
                return note
            case _:
                return ""

    def _show_mode(self) -> None:
        if self.switch is not None:
            self.switch.set_current(self._modes.index(self._mode))
        if self._mode == _VALUE:
            if self.note is not None and not self._noting:
                self.note.hide()
            self.input.show()
            if self.unit_label is not None:
                self.unit_label.show()
            return
        if self.unit_label is not None:
            self.unit_label.hide()
        note = self._ensure_note()
        note.setPlaceholderText(
            self.tr("写原因，至少 4 个字")
            if self._mode == _NOT_APPLICABLE
            else self.tr("可以写一句说明")
        )
        note.setAccessibleName(
            self.tr("{0}：不适用的原因，必填").format(self._short())
            if self._mode == _NOT_APPLICABLE
            else self.tr("{0}：说明").format(self._short())
        )
        if not note.hasFocus():
            note.setText(self._note_text())
        self.input.hide()
        note.show()

    def _show_chip(self) -> None:
        zero = self.question.kind is QuestionKind.NUMBER and is_zero(self._answer)
        self.chip.set_chip(chips.answer_chip(self._answer, zero=zero))
        self.chip.setVisible(self.wants_chip)

    @property
    def wants_chip(self) -> bool:
        """Whether the state of the answer stands beside it: not for an optional question nobody answered."""
        if self.question.derived:
            return True
        if isinstance(self._answer, Missing):
            return self.question.required
        return self.switch is not None or isinstance(self._answer, NotApplicable)

    def _show_figure(self) -> None:
        figure = self._figure
        if figure is None or not isinstance(self.input, TypedInput):
            return
        if figure.overridden:
            state, chip = FieldState.OVERRIDDEN, chips.overridden_chip()
        elif figure.not_applicable:
            state, chip = (
                FieldState.COMPUTED,
                chips.answer_chip(NotApplicable(figure.not_applicable)),
            )
        elif not figure_text(figure):
            state, chip = FieldState.COMPUTED, chips.answer_chip(MISSING)
        else:
            state, chip = FieldState.COMPUTED, chips.computed_chip()
        self.chip.set_chip(chip)
        self.chip.show()
        if not self._overriding:
            self.input.set_state(state)
            # Shown as typed text would be, so that a typed-over figure can be edited in place.
            self.input.show_answer(Given(figure_text(figure)) if figure_text(figure) else MISSING)
        self._show_line()
        self._name_input(self.line.text() if self.line.tone in ("warn", "error") else "")

    # -------------------------------------------------------------- the line below

    def _show_line(self) -> None:
        text, tone, links, state = self._line()
        if links and tone != "help" and text and text[-1] not in "。？；：":
            text += "。"
        help_links = list(links)
        if tone == "help" and self.question.why and (text or self.unit_label is None):
            help_links.append(("why", self.tr("为什么问")))
        self.line.show_message(text, tone, help_links)
        self.line.setAccessibleName(f"{self._short()}：{text}")
        title_tone = {"error": "error", "warn": "warn"}.get(tone, "")
        theme.set_property(self.title_label, "tone", title_tone)
        if not self.question.derived:
            self.input.set_state(state)
            self._name_input(text if tone in ("warn", "error") else "")

    def _line(self) -> tuple[str, Tone, Sequence[tuple[str, str]], FieldState]:
        """Text, tone, links and the state of the input, by importance."""
        question = self.question
        plain = FieldState.NORMAL
        if question.derived:
            return (*self._figure_line(), plain)
        if self._mode == _NOT_APPLICABLE and not isinstance(self._answer, NotApplicable):
            kept = answer_text(question, self._answer)
            rest = self.tr("；原来的 {0} 还留着").format(kept) if kept else ""
            return (
                self.tr("还没记下：写原因，至少 4 个字") + rest,
                "warn",
                self._reason_links(),
                plain,
            )
        if self._asking_zero:
            links = (("zero", self.tr("写成零")), ("clear", self.tr("不是，清掉")))
            return self.tr("写成零？再按一次 Enter 也行。"), "warn", links, FieldState.LOOK_AGAIN
        typing = self._is_typing()
        offers = tuple((f"offer:{i}", offer.label) for i, offer in enumerate(self._all_offers()))
        if not typing:
            for severity, tone, state in (
                (Severity.MUST, "error", FieldState.MUST_MEND),
                (Severity.SHOULD, "warn", FieldState.LOOK_AGAIN),
            ):
                remark = next((r for r in self._remarks if r.severity is severity), None)
                if remark is not None:
                    can_note = severity is Severity.SHOULD and _has_value(self._answer)
                    if can_note:
                        offers = (*offers, ("note", self.tr("没错，写一句")))
                    # tone is one of the two literals above
                    return _sentence(remark.what, remark.remedy), tone, offers, state  # type: ignore[return-value]
        if self._parsed is not None and self._parsed.understood and not typing:
            return self._parsed.understood, "ok", (), plain
        remark = next((r for r in self._remarks if r.severity is Severity.HINT), None)
        if remark is not None and not typing:
            return _sentence(remark.what, remark.remedy), "info", offers, plain
        beside, take = self._beside()
        if self.unit_label is not None and not isinstance(self._answer, Missing):
            return beside, "help", take, plain  # help of a line of a card goes once it is answered
        return "　".join(filter(None, (self._help_text(), beside))), "help", take, plain

    def _help_text(self) -> str:
        parts = [self.question.help]
        if self.question.evidence:
            parts.append(self.tr("要附：") + "、".join(self.question.evidence))
        return "　".join(part for part in parts if part)

    def _figure_line(self) -> tuple[str, Tone, Sequence[tuple[str, str]]]:
        figure = self._figure
        if self._overriding:
            return (
                self.tr("写上改的原因（至少 4 个字）才记下"),
                "warn",
                (("stop", self.tr("不改了")),),
            )
        if figure is None:
            return "", "help", ()
        if figure.overridden:
            computed = (
                display(figure.computed, figure.decimals) if figure.computed is not None else "—"
            )
            text = self.tr("算出来 {0}，改因：{1}").format(computed, figure.reason)
            return (
                text,
                "help",
                (("restore", self.tr("用回算出来的")), ("trace", self.tr("看来历"))),
            )
        links = [("trace", self.tr("看来历")), ("override", self.tr("手改"))]
        if figure.not_applicable:
            return self.tr("不适用：") + figure.not_applicable, "help", links[:1]
        if figure.words and figure.trace.note:
            return figure.trace.note, "help", links
        if figure.value is None and not figure.words:
            return self.tr("还差 {0} 项没填，先只写下限").format(len(figure.missing)), "help", links
        return self._help_text(), "help", links

    def _all_offers(self) -> tuple[Offer, ...]:
        from_remarks = tuple(offer for remark in self._remarks for offer in remark.offers)
        return from_remarks or (self._parsed.offers if self._parsed is not None else ())

    def _reason_links(self) -> tuple[tuple[str, str], ...]:
        return tuple((f"reason:{i}", f"「{reason}」") for i, reason in enumerate(self._reasons[:3]))

    def _name_input(self, problem: str) -> None:
        parts = [self._short()]
        if self.question.unit:
            parts.append(self.question.unit)
        if self.question.derived:
            parts.append(self.tr("算出来的"))
        elif self.question.required:
            parts.append(self.tr("必填"))
        if self.question.derived:
            description = self.tr("不能直接改；按 Enter 看来历")
        else:
            description = describe_answer(self.question, self._answer)
        if problem:
            description += f"；{problem}"
        self.input.set_name("，".join(parts), description)

    # -------------------------------------------------------------- what the user does

    def focus(self) -> None:
        """Put the focus where one types."""
        target = self.focus_target()
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(target, LineField):
            target.selectAll()

    def focus_target(self) -> QWidget:
        if self._mode != _VALUE and self.note is not None:
            return self.note
        return self.input.focus_target()

    def owns(self, widget: QWidget) -> bool:
        """True when `widget` is one of this question's."""
        own: list[QWidget | None] = [self.input, self.note, self.switch, self.line]
        return any(
            part is not None and (part is widget or part.isAncestorOf(widget)) for part in own
        )

    def commit(self) -> None:
        """Hand over what is being typed."""
        self.input.commit()
        if self._asking_zero:
            self._record_zero()
        if self.note is not None and self.note.isModified():
            self._commit_note()

    def _is_typing(self) -> bool:
        return (
            isinstance(self.input, TypedInput) and self.input.hasFocus() and self.input.isModified()
        )

    def _on_parsed(self, parsed: Parsed) -> None:
        self._parsed = parsed
        if self._overriding:
            return
        can_be_zero = self.switch is not None and _ZERO in self._modes
        if can_be_zero and is_zero(parsed.answer) and not is_zero(self._answer):
            self._asking_zero = self._zero_just_asked = True
            QTimer.singleShot(0, self._zero_was_asked)
            self._show_line()
            return
        self._asking_zero = False
        self._record(parsed.answer)

    def _zero_was_asked(self) -> None:
        self._zero_just_asked = False

    def _record(self, answer: Answer) -> None:
        if answer != self._answer:
            self.answered.emit(answer)
        else:
            self._show_line()

    def _record_zero(self) -> None:
        self._asking_zero = False
        if isinstance(self.input, TypedInput):
            self.input.setModified(False)
        self._record(Given("0"))

    def _on_step(self, direction: int) -> None:
        if self._overriding:
            self._ensure_note().setFocus(Qt.FocusReason.TabFocusReason)
            return
        if self._asking_zero and direction > 0 and self._zero_just_asked:
            return  # the Enter that raised the question does not answer it
        if self._asking_zero:
            self._record_zero()
        if isinstance(self.input, TypedInput):
            self.input.setModified(False)
        self._show_line()
        self.step.emit(direction)

    def _on_left(self) -> None:
        if self._asking_zero:
            # A typed nought is an answer; the line keeps offering the way back.
            self._record_zero()
        self._show_line()

    def _choose(self, mode: str) -> None:
        """The silence switch."""
        if mode == self._mode:
            return
        self._asking_zero = False
        self._parsed = None
        self._mode = mode
        self._wants_reason = mode == _NOT_APPLICABLE
        if isinstance(self.input, TypedInput):
            self.input.drop_typed()
        self._show_mode()
        if mode == _ZERO:
            note = self._answer.note if isinstance(self._answer, Given) else ""
            self.answered.emit(Given("0", note=note))
            return
        if mode == _VALUE:
            self.input.show_answer(MISSING)
            if not isinstance(self._answer, Missing) and self._mode_of(self._answer) != _VALUE:
                self.answered.emit(MISSING)
            self._show_line()
            QTimer.singleShot(0, self.focus)
            return
        note_edit = self._ensure_note()
        note_edit.clear()
        if self._reasons:
            completer = QCompleter(self._reasons, note_edit)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            note_edit.setCompleter(completer)
        self._show_line()
        QTimer.singleShot(0, self.focus)

    def _commit_note(self) -> None:
        note = self.note
        if note is None or note.isHidden():
            return
        note.stop_timer()
        text = note.text().strip()
        if self._overriding:
            self._commit_override(text)
            return
        if self._mode == _NOT_APPLICABLE:
            if len(text) >= SHORTEST_REASON:
                note.setModified(False)
                self._record(NotApplicable(text))
            else:
                self._show_line()
            return
        if isinstance(self._answer, Given) and text != self._answer.note:
            note.setModified(False)
            if self._noting:
                self._noting = False
                note.hide()
            self._record(Given(self._answer.text, self._answer.raw, text))

    def _on_note_accepted(self, direction: int) -> None:
        self._commit_note()
        unfinished = self._mode == _NOT_APPLICABLE and not isinstance(self._answer, NotApplicable)
        if not unfinished and not self._overriding:
            self.step.emit(direction)

    def _on_link(self, link: str) -> None:
        kind, _, index = link.partition(":")
        match kind:
            case "offer":
                parsed = parse_answer(self.question, self._all_offers()[int(index)].typed)
                self._parsed = parsed
                self.input.show_answer(parsed.answer)
                self._record(parsed.answer)
            case "reason":
                note = self._ensure_note()
                note.setText(self._reasons[int(index)])
                self._commit_note()
            case "zero":
                self._record_zero()
            case "clear":
                self._asking_zero = False
                if isinstance(self.input, TypedInput):
                    self.input.setModified(False)
                self.input.show_answer(MISSING)
                self._record(MISSING)
                self.focus()
            case "take":
                self.take_over()
                self.focus()
            case "why":
                self.help_requested.emit(self.question)
            case "trace":
                self._open_trace()
            case "note":
                self._start_note()
            case "override":
                self.start_override()
            case "stop":
                self._overriding = False
                self._end_override()
            case "restore":
                self.overridden.emit(MISSING)
            case _:
                raise ProgramError(f"no such link: {link}")

    # -------------------------------------------------------------- typing over a computed figure

    def _open_trace(self) -> None:
        if self._figure is not None and not self._overriding:
            self.trace_requested.emit(self._figure.trace)

    def _start_note(self) -> None:
        """A line for the word an unusual value asks for, beside the value."""
        self._noting = True
        note = self._ensure_note()
        note.setPlaceholderText(self.tr("写一句原因"))
        note.setAccessibleName(self.tr("{0}：说明").format(self._short()))
        note.setText(self._note_text())
        note.show()
        note.setFocus(Qt.FocusReason.TabFocusReason)

    def start_override(self) -> None:
        """Open a computed figure for typing, with a line for the reason."""
        if not isinstance(self.input, TypedInput):
            return
        self._overriding = True
        self.input.keep_text(True)
        self.input.set_state(FieldState.OVERRIDDEN)
        note = self._ensure_note()
        note.setPlaceholderText(self.tr("改的原因，至少 4 个字"))
        note.setAccessibleName(self.tr("{0}：手改的原因，必填").format(self._short()))
        note.setText("")
        note.show()
        self._show_line()
        self.input.setFocus(Qt.FocusReason.TabFocusReason)
        self.input.selectAll()

    def _commit_override(self, reason: str) -> None:
        if not isinstance(self.input, TypedInput) or len(reason) < SHORTEST_REASON:
            return
        parsed = parse_answer(self.question, self.input.text())
        if not isinstance(parsed.answer, Given) or not _is_number(parsed.answer.text):
            return
        self._overriding = False
        answer = Given(parsed.answer.text, parsed.answer.raw, reason)
        self._end_override()
        self.overridden.emit(answer)

    def _end_override(self) -> None:
        if self.note is not None:
            self.note.hide()
        if isinstance(self.input, TypedInput):
            self.input.keep_text(False)
            self.input.setModified(False)
        self._show_figure()


def _has_value(answer: Answer) -> bool:
    return isinstance(answer, Given) and bool(answer.text)


def _is_number(text: str) -> bool:
    try:
        Fraction(text)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def _sentence(what: str, remedy: str) -> str:
    if not remedy:
        return what
    return f"{what}{'' if what.endswith(('。', '；', '：')) else '。'}{remedy}"
