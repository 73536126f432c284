"""An open audit as the window has it: a real file, a real session that writes at once, the shipped questions."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from app.forms.answer import AnswerBook
from app.services.session import AuditSession, Builders, ImmediateExecutor
from app.storage import audit_file, contents, opening
from app.ui.session import SessionModel
from tests.helpers.forms import sample_book, sample_project, shipped_reference
from tests.helpers.opened_before import copy_opened_before

NAME = "澄岭五金 2026.cpaudit"


def _no_system(system_id: str) -> contents.FrozenSystem:
    raise AssertionError(f"no test asks for system {system_id}")


def _create(folder: Path, book: AnswerBook) -> audit_file.AuditFile:
    return opening.create(
        folder / NAME,
        answers=book,
        system=None,
        meta={"audit_id": "test", "questionnaire": "industry"},
        who="测试",
        when=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )


@cache
def _sample_file() -> Path:
    """The complete sample, written once; tests work on copies."""
    folder = Path(tempfile.mkdtemp(prefix="cleanaudit-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _create(folder, sample_book()).close()
    return folder / NAME


def open_audit(folder: Path, book: AnswerBook | None = None) -> SessionModel:
    """A model over `book` (the complete sample by default) in a new file in `folder`. Close it when done."""
    if book is None:
        file = opening.open_file(copy_opened_before(_sample_file(), folder / NAME, "test"))
    else:
        file = _create(folder, book)
    session = AuditSession(
        file,
        Builders(
            project=lambda answers, _system, _basis: sample_project(answers),
            assess=lambda _project: None,
            system=_no_system,
        ),
        executor=ImmediateExecutor(),
        clock=lambda: datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC),
        who="测试",
    )
    return SessionModel(
        session,
        industries=lambda: {"3360": "金属表面处理及热处理加工", "34": "通用设备制造业"},
        reference=shipped_reference,
    )
