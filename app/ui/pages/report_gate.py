"""Whether the paper of the audit may leave as 送审稿: it is put together once for each state, off the window's thread."""

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.errors import Problem
from app.services import reporting
from app.services.typesetter import shared
from app.ui import problems
from app.ui.tasks import Task, Tasks


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the answer is about. Projects are compared by identity: a change makes another one."""

    project: AuditProject
    assessment: Assessment | None
    purpose: str
    day: date

    def is_same(self, other: "_Asked | None") -> bool:
        return (
            other is not None
            and self.project is other.project
            and self.assessment is other.assessment
            and (self.purpose, self.day) == (other.purpose, other.day)
        )


class ReportGate(QObject):
    """changed: what was asked last is worked out."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.tasks = Tasks(self)
        self._asked: _Asked | None = None
        self._found: tuple[Problem, ...] | None = ()

    @property
    def is_checking(self) -> bool:
        return self._found is None

    def problems(
        self, project: AuditProject, assessment: Assessment | None, purpose: str, day: date
    ) -> tuple[Problem, ...] | None:
        """What keeps a 送审稿 from being printed; None while that is worked out."""
        asked = _Asked(project, assessment, purpose, day)
        if asked.is_same(self._asked):
            return self._found
        self._asked, self._found = asked, None
        self.tasks.cancel()

        def work(task: Task) -> tuple[Problem, ...]:
            if task.is_cancelled():  # an answer came before it began
                return ()
            shared().start()  # loads while the user looks: the first preview need not wait for it
            return reporting.problems_before(
                project, assessment, state=reporting.STATES[1], today=day, purpose=purpose
            )

        self.tasks.start("", work, self._on_checked, self._on_not_checked)
        return None

    def _on_checked(self, found: tuple[Problem, ...]) -> None:
        self._found = found
        self.changed.emit()

    def _on_not_checked(self, error: BaseException) -> None:
        """A fault of ours must not look like a paper without faults: until the next change there are only drafts."""
        what = self.tr("没能查出能不能出送审稿，是程序的错")
        self._found = (Problem("", what, self.tr("先出草稿；改动一处会再查一次")),)
        self.changed.emit()
        problems.show_fault(self._page, error)
