"""The open audit as the screen sees it: the session of app.services with Qt signals, everything on the screen's thread."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.assessment.result import Assessment
from app.audit.offers import Offer, offers
from app.audit.voc import DATE_KEY
from app.errors import UserError
from app.forms.answer import Act, AnswerBook, differing, touched
from app.forms.grid import Grid
from app.forms.measure_data import OptionLibrary
from app.forms.reference import Reference
from app.ui.messages import Message
from app.ui.problems import as_message

if TYPE_CHECKING:
    from app.audit.project import AuditProject
    from app.forms.answer import Change, RowsChange
    from app.services.own_measures import OwnMeasures
    from app.services.session import AuditSession
    from app.ui.check_up import CheckUp


# Questions whose answers stay true for the next table of the same kind.
_LASTING = {"unit", "column", "which", "name", "readings", "halves", "hidden", "months"}
_MOST_READINGS = 200


def no_options() -> OptionLibrary:
    """A library with nothing in it."""
    return OptionLibrary((), (), "", ())


class SessionModel(QObject):
    """Wraps one AuditSession; made and used on the screen's thread.

    depth_changed: True when optional questions without an answer are folded from now on (`quick`).
    answers_changed: a frozenset of the keys changed by one act (rows changes by their table id). assessment_changed:
    once the screen is quiet after one or several acts. screen_requested: a screen of the window outside the pages (name,
    what it should show). saved: the time of the last commit, 「14:03:22」. save_failed:
    the error and the number of acts still waiting. page_requested: page id and answer key ("" = where it was).
    message_posted: a Message for the bar of the page that is shown.
    """

    answers_changed = Signal(object)
    depth_changed = Signal(bool)
    assessment_changed = Signal()
    saved = Signal(str)
    save_failed = Signal(object, int)
    backed_up = Signal(object)
    backup_failed = Signal(object)
    undo_changed = Signal()
    page_requested = Signal(str, str)
    screen_requested = Signal(str, str)
    message_posted = Signal(object)

    # The session calls back on its writer's thread; these carry the news to ours.
    _saved_there = Signal(object)
    _failed_there = Signal(object, int)
    _backed_up_there = Signal(object)
    _backup_failed_there = Signal(object)

    def __init__(
        self,
        session: "AuditSession",
        parent: QObject | None = None,
        *,
        industries: Callable[[], Mapping[str, str]] = dict,
        reference: Callable[[], Reference] = Reference,
        options: Callable[[], OptionLibrary] = no_options,
        own_measures: "OwnMeasures | None" = None,
        column_widths: dict[str, int] | None = None,
        readings: dict[str, dict[str, str]] | None = None,
        quick: bool = False,
    ) -> None:
        """industries: code -> name, offered where an industry is asked for. reference: what standards and lists say. options: the library
        of measures; own_measures: the user's own (in his data folder when not given).
        column_widths: those the user drew (「table/column」 -> pixels), changed in place. readings: how this client's
        tables were read the last time (client, table and heads -> answers), changed in place."""
        super().__init__(parent)
        self.session = session
        self.check_up: CheckUp | None = None  # given by the window that shows the audit
        self.industries = industries
        self._reference = reference
        self.options = options
        self._own_measures = own_measures
        self._quick = quick
        self.column_widths = {} if column_widths is None else column_widths
        self._readings = {} if readings is None else readings
        self._assess_soon = QTimer(self)
        self._assess_soon.setSingleShot(True)
        self._assess_soon.setInterval(0)
        self._assess_soon.timeout.connect(self.assessment_changed)
        self._saved_there.connect(self._on_saved)
        self._failed_there.connect(self._on_failed)
        self._backed_up_there.connect(self.backed_up)
        self._backup_failed_there.connect(self.backup_failed)
        session.on_saved = self._saved_there.emit
        session.on_save_failed = self._failed_there.emit
        session.on_backup = self._backed_up_there.emit
        session.on_backup_failed = self._backup_failed_there.emit

    def _reading_key(self, table_id: str, grid: Grid) -> str:
        book = self.session.project.book
        client = book.text("firm.credit_code") or book.text("firm.name")
        heads = " ".join(
            cell.text for row in grid.rows[:4] for cell in row if not cell.text[:1].isdigit()
        )
        kind = hashlib.sha256(heads.encode()).hexdigest()[:16]
        return f"{client}|{table_id}|{kind}" if client else ""

    def recall_reading(self, table_id: str, grid: Grid) -> dict[str, str]:
        """What the user answered the last time to a table of this client with the same heads."""
        return dict(self._readings.get(self._reading_key(table_id, grid), {}))

    def keep_reading(self, table_id: str, grid: Grid, decisions: Mapping[str, str]) -> None:
        """Only answers about the kind of table are kept; those about one year's numbers are asked again."""
        key = self._reading_key(table_id, grid)
        lasting = {
            doubt: said
            for doubt, said in decisions.items()
            if doubt.split(":")[0] in _LASTING and said != "skip"
        }
        if key and lasting:
            self._readings.pop(key, None)
            self._readings[key] = lasting
            while len(self._readings) > _MOST_READINGS:
                self._readings.pop(next(iter(self._readings)))

    def forget_reading(self, table_id: str, grid: Grid) -> None:
        self._readings.pop(self._reading_key(table_id, grid), None)

    @property
    def project(self) -> "AuditProject":
        return self.session.project

    @property
    def book(self) -> AnswerBook:
        return self.session.book

    @property
    def assessment(self) -> Assessment | None:
        """None while no indicator system is chosen."""
        return self.session.assessment

    def offers(self, name: str) -> tuple[Offer, ...]:
        """What a question with `choices_from: name` offers on the day the audit judges by."""
        return offers(self._reference(), name, self.book.text(DATE_KEY), self.book)

    @property
    def own_measures(self) -> "OwnMeasures":
        """Opened when first asked for."""
        if self._own_measures is None:
            from app.services.own_measures import open_own_measures

            self._own_measures = open_own_measures()
        return self._own_measures

    @property
    def read_only(self) -> bool:
        return self.session.read_only

    @property
    def quick(self) -> bool:
        """快速: optional questions without an answer are folded. It is the person who asks for it, not the audit."""
        return self._quick

    def set_quick(self, quick: bool) -> None:
        if quick != self._quick:
            self._quick = quick
            self.depth_changed.emit(quick)

    def do(self, act: Act) -> bool:
        """Take over one act of app.services.acts. False, with the reason in the message bar, when it cannot be taken."""
        return self.record(act.changes, act.label)

    def record(self, changes: "Iterable[Change | RowsChange]", label: str) -> bool:
        """`do` of changes put together elsewhere; screens never do that."""
        act = Act(label, tuple(changes))
        before = self.session.book
        try:
            self.session.do(act)
        except UserError as error:
            self.post(as_message(error))
            return False
        if self.session.book is not before:
            self._say_changed(touched(act))
        return True

    def act(self, act: "Callable[[AuditSession], object]") -> bool:
        """Do one act of a service on the session, whatever it changes. False, with the reason shown, when it cannot be."""
        before = self.session.book
        try:
            act(self.session)
        except UserError as error:
            self.post(as_message(error))
            return False
        self._say_changed(differing(before, self.session.book))
        return True

    def undo(self) -> Act | None:
        """Take the last act back; the act, None when there was none."""
        return self._step(self.session.undo)

    def redo(self) -> Act | None:
        return self._step(self.session.redo)

    def post(self, message: Message) -> None:
        """Show a message on the page."""
        self.message_posted.emit(message)

    def go_to(self, page_id: str, key: str = "") -> None:
        """Ask the window for another page."""
        self.page_requested.emit(page_id, key)

    def close(self, *, abandon: bool = False) -> None:
        """Write what waits and let go of the file. UserError when it cannot be written and `abandon` is not set."""
        self.session.close(abandon=abandon)
        if self.check_up is not None:
            self.check_up.close()
        self._assess_soon.stop()

    def _step(self, step: Callable[[], Act | None]) -> Act | None:
        try:
            act = step()
        except UserError as error:
            self.post(as_message(error))
            return None
        if act is not None:
            self._say_changed(touched(act))
        return act

    def _say_changed(self, keys: frozenset[str]) -> None:
        self.answers_changed.emit(keys)
        self.undo_changed.emit()
        self._assess_soon.start()

    def _on_saved(self, when: datetime) -> None:
        self.saved.emit(f"{when:%H:%M:%S}")

    def _on_failed(self, error: object, waiting: int) -> None:
        self.save_failed.emit(error, waiting)
