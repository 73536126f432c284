"""What follows from the answers before an audit is made: verdict, systems that fit, a first look at the level, papers to get."""

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.assessment.indicator_system import LEVELS, Level, Verification
from app.audit.first_look import FirstLook
from app.audit.front_door import WORDS, FrontDoor, Suggestion
from app.audit.wording import level_name, threshold_text
from app.ui import chips, widgets

if TYPE_CHECKING:
    from app.services.services import Services

_STATES = {"ok": ("check", "jade"), "open": ("help", "ochre"), "no": ("warning", "cinnabar")}

_FIT_TONES: dict[str, Literal["ok", "warn", "error"]] = {"ok": "ok", "open": "warn", "no": "error"}
_MOST_SYSTEMS = 5
_MOST_UNMATCHED = 6


Choice = tuple[str, str]  # (system id, table id)


class Conclusions(QScrollArea):
    """Made anew with every answer. system_chosen: the Choice somebody clicked, None for none."""

    system_chosen = Signal(object)

    def __init__(self, services: "Services") -> None:
        super().__init__()
        self._services = services
        self._chosen: Choice | None = None
        self.setProperty("role", "canvas")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("结论"))

    def show_front(
        self, front: FrontDoor, chosen: Choice | None, look: FirstLook | None, *, in_sight: bool
    ) -> None:
        """in_sight: scroll to the first look, whose answers are being given at the end of the left."""
        self._chosen = chosen
        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self._verdict(front))
        if front.suggestions or front.without_system:
            box.addWidget(self._systems(front))
        look_card = None if look is None else self._first_look(look)
        if look_card is not None:
            box.addWidget(look_card)
        box.addWidget(self._triggers(front))
        if front.papers:
            box.addWidget(self._papers(front))
        box.addStretch(1)
        position = self.verticalScrollBar().value()
        self.setWidget(inner)
        self.verticalScrollBar().setValue(position)
        if look_card is not None and in_sight:
            QTimer.singleShot(0, look_card, lambda: self.ensureWidgetVisible(look_card, 0, 8))

    def _verdict(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(padded=False)
        head = QHBoxLayout()
        head.setContentsMargins(14, 12, 14, 12)
        head.setSpacing(14)
        icon, role = _STATES[front.verdict_state]
        head.addWidget(widgets.IconLabel(icon, role, 26))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(widgets.label(front.verdict_title, "section", wrap=True))
        if front.verdict_text:
            words.addWidget(widgets.label(front.verdict_text, "second", wrap=True))
        head.addLayout(words, 1)
        card.body.addLayout(head)
        card.body.setSpacing(0)
        for rule in front.rules:
            card.body.addLayout(_said(rule.state, rule.text, rule.source))
        card.body.addSpacing(6)
        return card

    def _triggers(self, front: FrontDoor) -> QWidget:
        """The cases of a mandatory audit, and which chemicals were found on a list."""
        card = widgets.Card(self.tr("要做强制性审核的情形"), icon="flag", padded=False)
        card.body.setSpacing(0)
        card.body.addSpacing(4)
        for one in front.triggers:
            # Applies is a matter of the bureau's list; it is shown as something to ask, never as settled.
            card.body.addLayout(_said("no" if one.applies else "open", one.text, one.source))
        for text in front.listed_chemicals:
            card.body.addWidget(_indented(text))
        if front.unmatched_chemicals:
            words = self.tr(
                "没对上名录：{names}。只按填的名称和 CAS 号找，没对上不等于不属于"
            ).format(
                names="、".join(front.unmatched_chemicals[:_MOST_UNMATCHED])
                + (self.tr("等") if len(front.unmatched_chemicals) > _MOST_UNMATCHED else "")
            )
            card.body.addWidget(_indented(words))
        card.body.addSpacing(6)
        return card

    def _first_look(self, look: FirstLook) -> QWidget:
        card = widgets.Card(
            self.tr("先看一眼大概到哪一级"),
            icon="flag",
            note=self.tr("粗估，不进报告"),
            padded=False,
        )
        card.body.setSpacing(0)
        if look.best is None:
            words = self.tr("还不能说。左边最下面有 {n} 项限定性指标，填一两项就能看").format(
                n=look.total
            )
            card.body.addLayout(_said("open", words, ""))
            return card
        line = QHBoxLayout()
        line.setContentsMargins(14, 8, 14, 6)
        line.setSpacing(10)
        line.addWidget(chips.ChipLabel(chips.level_chip(look.best)), 0, Qt.AlignmentFlag.AlignTop)
        if look.best is Level.NONE:
            words = self.tr("有限定性指标没到 Ⅲ 级，照现在的样子评不上级")
        else:
            words = self.tr("按填了的 {n} 项限定性指标，最高可能 {level}").format(
                n=len(look.answered), level=level_name(look.best)
            )
        if look.total > len(look.answered):
            words += self.tr("；还有 {n} 项没填，只会更低不会更高").format(
                n=look.total - len(look.answered)
            )
        line.addWidget(widgets.label(words, "table_strong", wrap=True), 1)
        card.body.addLayout(line)
        for one in look.answered:
            reached = self.tr("还不能说") if one.reached is None else level_name(one.reached)
            words = self.tr("{name}：{value}，{reached}").format(
                name=one.indicator.name, value=one.value, reached=reached
            )
            if one.reached is not Level.I and one.indicator.unit:
                limits = "，".join(
                    f"{level.symbol} {threshold_text(one.indicator, level)}" for level in LEVELS
                )
                words += f"（{limits}）"
            card.body.addWidget(_indented(words))
        if look.verification is not None and look.verification is not Verification.VERIFIED:
            words = self.tr("基准值{state}，拿原文核对过才算数").format(
                state=WORDS[look.verification]
            )
            card.body.addWidget(_indented(words))
        card.body.addSpacing(8)
        return card

    def _systems(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(self.tr("建议的指标体系"), icon="scales", padded=False)
        card.body.setSpacing(0)
        group = QButtonGroup(card)
        shown = list(front.suggestions[:_MOST_SYSTEMS])
        if self._chosen is not None and self._chosen not in [
            (each.system_id, each.table_id) for each in shown
        ]:
            system = self._services.catalogue.system(self._chosen[0])
            shown.insert(
                0,
                Suggestion(
                    *self._chosen,
                    system.title,
                    self.tr("上一轮用的"),
                    "ok",
                    system.document_no,
                    usable=True,
                ),
            )
        for usable, title in ((True, self.tr("能定级")), (False, self.tr("只作对照，不定级"))):
            members = [entry for entry in shown if entry.usable is usable]
            if members:
                card.body.addWidget(_indented(title))
            for entry in members:
                card.body.addWidget(self._system(entry, group))
        if front.without_system:
            card.body.addLayout(_said("open", front.without_system, ""))
        if shown:
            card.body.addWidget(self._none(group))
        return card

    def _none(self, group: QButtonGroup) -> QWidget:
        line = widgets.frame("row_last", margins=(14, 7, 14, 8))
        box = line.layout()
        assert box is not None
        radio = QRadioButton(self.tr("先不选，只和本企业近三年比"))
        group.addButton(radio)
        radio.setChecked(self._chosen is None)
        radio.clicked.connect(lambda: self.system_chosen.emit(None))
        box.addWidget(radio)
        return line

    def _system(self, entry: Suggestion, group: QButtonGroup) -> QWidget:
        line = widgets.frame("row", margins=(14, 7, 14, 8), spacing=1)
        box: QVBoxLayout = line.layout()  # type: ignore[assignment]
        head = widgets.row(spacing=4)
        title = widgets.label(entry.title, "table_strong" if entry.usable else "table", wrap=True)
        choice = (entry.system_id, entry.table_id)
        radio = QRadioButton()
        radio.setAccessibleName(f"{entry.title}，{entry.fit}")
        group.addButton(radio)
        radio.setChecked(choice == self._chosen)
        radio.clicked.connect(lambda: self.system_chosen.emit(choice))
        head.addWidget(radio, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(title, 1)
        fit = chips.ChipLabel(chips.tag(entry.fit, _FIT_TONES[entry.fit_state]))
        head.addWidget(fit, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        detail = widgets.label(entry.detail, "note", wrap=True)
        detail.setContentsMargins(27, 0, 0, 0)
        box.addWidget(detail)
        return line

    def _papers(self, front: FrontDoor) -> QWidget:
        card = widgets.Card(self.tr("先去要这些材料"), icon="clip")
        holder = QWidget()
        flow = widgets.FlowLayout(holder, spacing=8, line_spacing=8)
        for paper in front.papers:
            flow.addWidget(chips.ChipLabel(chips.tag(paper)))
        card.body.addWidget(holder)
        return card


def _said(state: str, text: str, source: str) -> QHBoxLayout:
    """A sentence with its state in front and its source below."""
    line = QHBoxLayout()
    line.setContentsMargins(14, 6, 14, 6)
    line.setSpacing(10)
    icon, role = _STATES[state]
    line.addWidget(widgets.IconLabel(icon, role, 15), 0, Qt.AlignmentFlag.AlignTop)
    said = QVBoxLayout()
    said.setSpacing(0)
    said.addWidget(widgets.label(text, "table", wrap=True))
    if source:
        said.addWidget(widgets.label(source, "note", wrap=True))
    line.addLayout(said, 1)
    return line


def _indented(text: str) -> QWidget:
    """A note below a sentence of `_said`, in line with its words."""
    note = widgets.label(text, "note", wrap=True)
    note.setContentsMargins(39, 0, 14, 3)
    return note
