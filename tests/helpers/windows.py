"""A sample audit in a real file, in a real window, for tests of the screen."""

import atexit
import shutil
import tempfile
from concurrent.futures import Executor
from datetime import datetime
from functools import cache
from pathlib import Path

from app import clock
from app.assessment.result import Assessment
from app.audit.findings import assess_project
from app.audit.front_door import questionnaire_for
from app.audit.project import SYSTEM_KEY, AuditProject, build_project
from app.forms.answer import AnswerBook, Given
from app.services.session import AuditSession, Builders, ImmediateExecutor
from app.services.tables import table_of
from app.standards.system_json import system_from_json, system_to_json
from app.storage.contents import FrozenSystem
from app.storage.opening import create, open_file
from tests.helpers.forms import shipped_forms, shipped_reference, shipped_rules, shipped_system
from tests.helpers.opened_before import copy_opened_before


def frozen(system_id: str) -> FrozenSystem:
    return FrozenSystem(system_id, system_to_json(shipped_system(system_id)))


def _project(
    book: AnswerBook, system: FrozenSystem | None, _basis: FrozenSystem | None
) -> AuditProject:
    forms = shipped_forms()
    questionnaire = forms.questionnaires[questionnaire_for(book)]
    if system is None:
        return build_project(
            book,
            questionnaire,
            forms.quantities,
            forms.factors,
            rules=shipped_rules(),
            law=shipped_reference().law,
            reference=shipped_reference(),
        )
    parsed = system_from_json(system.json)
    return build_project(
        book,
        questionnaire,
        forms.quantities,
        forms.factors,
        system=parsed,
        system_hash=system.hash,
        table_id=table_of(book, parsed),
        derivation_map=forms.derivations.get(system.system_id),
        rules=shipped_rules(),
        law=shipped_reference().law,
        reference=shipped_reference(),
    )


def _assess(project: AuditProject) -> Assessment | None:
    return assess_project(project) if project.system is not None else None


BUILDERS = Builders(_project, _assess, frozen)


def now() -> datetime:
    return clock.now()


def sample_session(
    folder: Path, *, complete: bool = False, executor: Executor | None = None
) -> AuditSession:
    """The sample audit, in a new file in `folder` and opened."""
    path = folder / "澄岭五金 2026 第一轮.cpaudit"
    return reopened(copy_opened_before(_sample_file(complete), path, "sample"), executor=executor)


@cache
def _sample_file(complete: bool) -> Path:
    """The sample audit, written once; tests work on copies."""
    folder = Path(tempfile.mkdtemp(prefix="cleanaudit-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sample = shipped_forms().samples["chengling"]
    book = sample.book if complete else sample.incomplete()
    chosen = {SYSTEM_KEY: Given(sample.system_id)}
    file = create(
        folder / "sample.cpaudit",
        answers=AnswerBook({**book.answers, **chosen}, book.rows),
        system=frozen(sample.system_id),
        meta={"audit_id": "sample", "questionnaire": sample.questionnaire_id},
        who="何敏",
        when=now(),
    )
    file.close()
    return file.path


def audit_session(folder: Path, book: AnswerBook) -> AuditSession:
    """A new audit with these answers and no system, in a new file in `folder`."""
    file = create(
        folder / "新案卷.cpaudit",
        answers=book,
        system=None,
        meta={"audit_id": "new", "questionnaire": questionnaire_for(book)},
        who="何敏",
        when=now(),
    )
    file.close()
    return reopened(file.path)


def reopened(path: Path, *, executor: Executor | None = None) -> AuditSession:
    """The audit in a file, opened again."""
    return AuditSession(
        open_file(path), BUILDERS, executor=executor or ImmediateExecutor(), clock=now, who="何敏"
    )
