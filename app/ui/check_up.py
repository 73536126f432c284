"""The check-up of the open audit in the window: worked out off the typing path, shown as a badge, walked with F8, listed with reasons."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app import clock
from app.checkup.concern import PAGE, Concern, Severity, alike
from app.services.check_up import concerns_of, give_reason, said
from app.ui import widgets
from app.ui.messages import Message
from app.ui.outline import Outline
from app.ui.reason_dialog import ReasonDialog
from app.ui.session import SessionModel
from app.ui.tasks import Tasks

if TYPE_CHECKING:
    from app.forms.checkup_data import CheckupData

_LOG = logging.getLogger(__name__)
_IDLE_MS = 700  # after the last change
_SHOWN = 60  # rows of the list; the rest is counted


class CheckUp(QObject):
    """concerns: gravest first, as of the last time nothing changed for a moment. changed: they are new. failed: it could not be done."""

    changed = Signal()
    failed = Signal()

    def __init__(self, model: SessionModel, data: "CheckupData") -> None:
        super().__init__(model)
        self.model, self.data = model, data
        self.concerns: tuple[Concern, ...] = ()
        self._tasks = Tasks(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_IDLE_MS)
        self._soon.timeout.connect(self._start)
        model.answers_changed.connect(lambda _keys: self._soon.start())
        self._soon.start()

    def _start(self) -> None:
        project, assessment, day = self.model.project, self.model.assessment, clock.today()
        self._tasks.cancel()
        self._tasks.start(
            "",
            lambda _task: concerns_of(project, assessment, self.data, day),
            self._take,
            self._failed,
        )

    def _take(self, concerns: tuple[Concern, ...]) -> None:
        self.concerns = concerns
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        """A fault of ours must not look like an audit without faults."""
        _LOG.error("check-up", exc_info=error)
        self.concerns = ()
        self.failed.emit()

    def close(self) -> None:
        self._soon.stop()
        self._tasks.close()

    @property
    def behind(self) -> bool:
        """Something changed that `concerns` do not know yet."""
        return self._soon.isActive() or self._tasks.busy

    def count(self, severity: Severity) -> int:
        return sum(one.severity is severity for one in self.concerns)

    def to_mend(self) -> tuple[Concern, ...]:
        """What F8 walks through: blocks and warnings with a place."""
        return tuple(one for one in self.concerns if one.severity is not Severity.INFO and one.key)

    def page_of(self, concern: Concern) -> str:
        """The page of its place: of an indicator the benchmark, of a computed figure the page that shows it, else reports."""
        from app.ui.pages import kinds

        outline = Outline(self.model.project.questionnaire, kinds())
        return outline.page_of_key(concern.key) or outline.page_of_kind("report")

    def go_to(self, concern: Concern) -> None:
        """Its place, with what is wrong there and what to do said above the page; the next change takes the words away."""
        page_id = self.page_of(concern)
        if not page_id:
            return
        self.model.go_to(page_id)
        if concern.rule != PAGE:  # a page says its own remarks
            words = said(concern, self.data, self.model.project)
            block = concern.severity is Severity.BLOCK
            self.model.post(
                Message(
                    "error" if block else "warn",
                    str(words),
                    strong=self.tr("必改：") if block else self.tr("请确认："),
                    of_last_act=True,
                    group="check_up",
                )
            )
        self.model.go_to(page_id, concern.key)

    def waiting_on(self, page_id: str) -> int:
        """How many of what has to be mended or confirmed lies on a page."""
        return sum(self.page_of(one) == page_id for one in self.to_mend())

    def first_on(self, page_id: str) -> str:
        """The gravest of them in words, "" for none."""
        first = next((one for one in self.to_mend() if self.page_of(one) == page_id), None)
        return "" if first is None else str(said(first, self.data, self.model.project))


class _Whole(QLabel):
    """Wrapped words that keep all their lines: the least height of a page is asked for without its width."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "table")
        self.setWordWrap(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(event.size().width()))


class ConcernList(QWidget):
    """The list on the report page: place, what, remedy; a warning takes a reason."""

    def __init__(self, check_up: CheckUp) -> None:
        super().__init__()
        self._check_up = check_up
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(3)
        self._shown: tuple[Concern, ...] = ()
        self.hide()

    def refresh(self) -> None:
        """Show what the check-up found last; nothing is done when that is shown already."""
        if self._check_up.concerns is self._shown:
            return
        self._shown = self._check_up.concerns
        focus = QApplication.focusWidget()
        here = focus is not None and self.isAncestorOf(focus)
        widgets.clear_layout(self._box)
        concerns = [one for one in self._check_up.concerns if one.severity is not Severity.INFO]
        explained = [one for one in self._check_up.concerns if one.reason]
        for one in (*concerns[:_SHOWN], *explained):
            self._box.addWidget(self._row(one))
        if len(concerns) > _SHOWN:
            more = self.tr("还有 {count} 处").format(count=len(concerns) - _SHOWN)
            self._box.addWidget(widgets.label(more, "note"))
        self.setVisible(bool(concerns or explained))
        first = self._box.itemAt(0)
        row = None if first is None else first.widget()
        if here and row is not None:  # after a reason the keyboard goes on with the next
            for link in row.findChildren(QAbstractButton)[-1:]:
                link.setFocus()

    def _row(self, concern: Concern) -> QWidget:
        words = said(concern, self._check_up.data, self._check_up.model.project)
        named = f"{words.where}：{words.what}" if words.where else words.what
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        name, tone = {
            Severity.BLOCK: (self.tr("必改"), "error"),
            Severity.WARN: (self.tr("请确认"), "warn"),
            Severity.INFO: (self.tr("已说明"), ""),
        }[concern.severity]
        mark = widgets.label(name, "table_strong", tone=tone)
        mark.setFixedWidth(52)
        line.addWidget(mark)
        text = _Whole(str(words))
        text.setToolTip(words.cause)
        line.addWidget(text, 1)
        if concern.key:
            go = widgets.link(
                self.tr("去改"),
                lambda: self._check_up.go_to(concern),
                name=self.tr("去改：{what}").format(what=named),
            )
            line.addWidget(go)
        if concern.severity is Severity.WARN or concern.reason:
            reason = widgets.link(
                self.tr("写原因") if not concern.reason else self.tr("改原因"),
                lambda: self.ask_reason(concern),
                name=self.tr("写原因：{what}").format(what=named),
            )
            line.addWidget(reason)
        return holder

    def ask_reason(self, concern: Concern) -> None:
        """The reason may be given to the like ones that have none in the same act."""
        others = alike(concern, self._check_up.concerns)
        dialog = ReasonDialog(
            self._words(concern), concern.reason, [(one, self._words(one)) for one in others], self
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.take_reason((concern, *dialog.chosen), dialog.text)

    def _words(self, concern: Concern) -> str:
        return str(said(concern, self._check_up.data, self._check_up.model.project))

    def take_reason(self, concerns: Sequence[Concern], text: str) -> None:
        model = self._check_up.model
        given = []
        for one in concerns:
            words = said(replace(one, reason=""), self._check_up.data, model.project)
            given.append((one, f"{words.where}：{words.what}" if words.where else words.what))
        model.act(lambda session: give_reason(session, given, text))
