"""The list of the user's audits: a small file of summaries, so that it shows at once."""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import files, paths
from app.assessment.indicator_system import Level
from app.audit.duty import KIND
from app.audit.law import due_days, edition_of
from app.audit.progress import progress
from app.audit.project import SYSTEM_KEY
from app.errors import UserError
from app.forms.answer import AnswerBook
from app.forms.law import LawBook

if TYPE_CHECKING:
    from app.assessment.result import Assessment
    from app.audit.project import AuditProject
    from app.services.session import AuditSession

_LOG = logging.getLogger(__name__)
_GONE = "文件不在原来的地方了：移走了就用「指到新位置」，删了就用备份恢复"
_TWIN = "和「{place}」里的那份是同一个案卷，各改各的会对不上"
_COMPLETE = (
    "finish"  # the clock of the law that ends with the report (resources/reference/law.yaml)
)


@dataclass(frozen=True)
class AuditSummary:
    """One line of the list, as the audit was when it was last closed.

    stages: (letter, share done 0..1). rated: a level system is chosen; level None = 未定. trouble: why the file cannot be
    opened, "" when it can. twin: where another file of the same audit lies, as a sentence, "" when there is none.
    """

    path: Path
    name: str
    place: str = ""
    industry: str = ""
    kind: str = ""
    stages: tuple[tuple[str, float], ...] = ()
    done: float = 0.0
    rated: bool = False
    level: Level | None = None
    deadline: date | None = None
    opened: datetime | None = None
    minutes: int = 0
    trouble: str = ""
    system_id: str = ""
    audit_id: str = ""
    twin: str = ""

    @property
    def current_stage(self) -> str:
        """The first stage that is not complete, "" when all are."""
        return next((letter for letter, share in self.stages if share < 1), "")

    def days_left(self, today: date) -> int | None:
        return None if self.deadline is None else (self.deadline - today).days


def deadline_of(book: AnswerBook, law: LawBook) -> date | None:
    """When a mandatory audit is to be complete; None while no day of the list is given."""
    ends = (day for clock, day in due_days(edition_of(law, book), book) if clock.id == _COMPLETE)
    return next((date.fromisoformat(day) for day in ends if len(day) == 10), None)


class AuditList:
    """Every audit opened here, latest first."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._changing = threading.Lock()

    def summaries(self) -> tuple[AuditSummary, ...]:
        """Every audit opened here, latest first; a file that is gone stays in the list and says so, twins are marked."""
        entries = [
            entry if _is_there(entry.path) else replace(entry, trouble=_GONE)
            for entry in self._read()
        ]
        lie: dict[str, list[Path]] = {}
        for entry in entries:
            if entry.audit_id and not entry.trouble:
                lie.setdefault(entry.audit_id, []).append(entry.path)
        return tuple(
            replace(entry, twin=_TWIN.format(place=others[0].parent))
            if not entry.trouble
            and (others := [one for one in lie.get(entry.audit_id, ()) if one != entry.path])
            else entry
            for entry in entries
        )

    def relocate(self, old: Path, new: Path) -> int:
        """The file of a line lies elsewhere by now; so do the others of its folder that are gone here and found there. How
        many lines were mended."""
        mended = 0

        def moved_along(entries: list[AuditSummary]) -> Iterator[AuditSummary]:
            nonlocal mended
            known = {entry.path for entry in entries}
            for entry in entries:
                moved = new if entry.path == old else new.parent / entry.path.name
                if (
                    entry.path.parent == old.parent
                    and not _is_there(entry.path)
                    and moved.is_file()
                    and moved not in known
                ):
                    entry = replace(entry, path=moved)
                    mended += 1
                yield entry

        self._change(moved_along)
        return mended

    def add(self, summaries: Iterable[AuditSummary]) -> None:
        """Put further audits on the list, after those that are there."""
        more = tuple(summaries)

        def with_more(entries: list[AuditSummary]) -> list[AuditSummary]:
            known = {entry.path for entry in entries}
            return [*entries, *(one for one in more if one.path not in known)]

        self._change(with_more)

    def remember(self, session: "AuditSession") -> None:
        """Renew the line of an audit; called when it is opened and when it is closed."""
        summary = self.summary_of(session)
        self._change(
            lambda entries: [summary, *(one for one in entries if one.path != summary.path)]
        )

    def forget(self, path: Path) -> None:
        """Take an audit off the list; the file stays."""
        self._change(lambda entries: [entry for entry in entries if entry.path != path])

    def summary_of(self, session: "AuditSession") -> AuditSummary:
        """The line of an open audit; of one with a password only where it lies, for the list is plain text."""
        if session.has_password:
            return AuditSummary(
                session.path, session.path.stem, opened=self._clock(), audit_id=session.audit_id
            )
        return self.summary(
            session.path, session.project, session.assessment, session.audit_id, self._clock()
        )

    def summary(
        self,
        path: Path,
        project: "AuditProject",
        assessment: "Assessment | None",
        audit_id: str,
        opened: datetime | None,
    ) -> AuditSummary:
        """The line of an audit. opened: None when it was never opened here."""
        book = project.book
        counted = progress(project)
        stages = []
        for stage in project.questionnaire.stages:
            parts = [counted.page(page.id) for page in stage.pages]
            total = sum(part.total for part in parts)
            if total:
                stages.append((stage.id, sum(part.done for part in parts) / total))
        return AuditSummary(
            path,
            book.text("firm.name") or path.stem,
            book.text("firm.place"),
            book.text("firm.industry"),
            self._kind(book.text(KIND)),
            tuple(stages),
            (counted.total - counted.missing) / counted.total if counted.total else 0.0,
            assessment is not None and not assessment.why_not_scored,
            assessment.level if assessment else None,
            deadline_of(book, project.law),
            opened,
            counted.minutes_left,
            system_id=book.text(SYSTEM_KEY),
            audit_id=audit_id,
        )

    def hide(self, path: Path) -> None:
        """Leave only its place of an audit that has a password from now on."""
        self._change(
            lambda entries: [
                AuditSummary(one.path, one.path.stem, opened=one.opened, audit_id=one.audit_id)
                if one.path == path
                else one
                for one in entries
            ]
        )

    def _kind(self, kind: str) -> str:
        words = {
            "voluntary": "自愿",
            "exceeding": "强制 · 双超",
            "over_quota": "强制 · 超能耗",
            "toxic": "强制 · 双有",
        }
        return words.get(kind, "")

    def _change(self, change: Callable[[list[AuditSummary]], Iterable[AuditSummary]]) -> None:
        """The list as it is by then, changed: a folder may be looked through while an audit is opened."""
        with self._changing:
            self._write(list(change(self._read())))

    def _read(self) -> list[AuditSummary]:
        try:
            lines = json.loads(_library_file().read_text(encoding="utf-8"))
            return [_from_plain(line) for line in lines]
        except FileNotFoundError:
            return []
        except (
            OSError,
            ArithmeticError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
        ) as error:
            # Only the list is lost; the audits themselves are where they were.
            _LOG.warning("library not read: %s", error)
            return []

    def _write(self, entries: list[AuditSummary]) -> None:
        target = _library_file()
        text = json.dumps([_to_plain(entry) for entry in entries], ensure_ascii=False, indent=1)
        try:
            files.write_own(target, text)
        except UserError as error:
            _LOG.warning("library not written: %s", error)


def _is_there(path: Path) -> bool:
    """False also for a name no disk can hold and a disk that does not answer."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _library_file() -> Path:
    return paths.user_data_dir() / "library.json"


def _to_plain(entry: AuditSummary) -> dict[str, object]:
    return {
        "path": str(entry.path),
        "name": entry.name,
        "place": entry.place,
        "industry": entry.industry,
        "kind": entry.kind,
        "stages": [list(stage) for stage in entry.stages],
        "done": entry.done,
        "rated": entry.rated,
        "level": entry.level.code if entry.level is not None else "",
        "deadline": entry.deadline.isoformat() if entry.deadline else "",
        "opened": entry.opened.isoformat() if entry.opened else "",
        "minutes": entry.minutes,
        "system": entry.system_id,
        "audit": entry.audit_id,
    }


def _from_plain(line: dict[str, object]) -> AuditSummary:
    levels = {level.code: level for level in Level}
    deadline, opened = str(line["deadline"]), str(line["opened"])
    stages = line["stages"]
    done, minutes = line["done"], line["minutes"]
    if (
        not isinstance(stages, list)
        or not isinstance(done, int | float)
        or not isinstance(minutes, int)
    ):
        raise ValueError("library line of another shape")
    return AuditSummary(
        Path(str(line["path"])),
        str(line["name"]),
        str(line["place"]),
        str(line["industry"]),
        str(line["kind"]),
        tuple((str(letter), float(share)) for letter, share in stages),
        float(done),
        line["rated"] is True,
        levels.get(str(line["level"])),
        date.fromisoformat(deadline) if deadline else None,
        datetime.fromisoformat(opened) if opened else None,
        minutes,
        system_id=str(line.get("system", "")),
        audit_id=str(line.get("audit", "")),
    )
