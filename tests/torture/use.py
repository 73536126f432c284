"""Hard use of the main window (offscreen): thousands of acts among many answers and photographs, and hundreds of audits opened,
walked through and closed. What an act costs, the memory and the number of widgets must not go up.
"""

import gc
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bootstrap import build_services
from app.forms.answer import MISSING, Change, Given, RowsChange, cell_key
from app.services.evidence import place_papers
from app.storage.audit_reader import read_audit
from app.storage.evidence import NewPaper
from tests.torture.counts import Wrong

# As a large works has them: free rows of these tables, so many of a thousand answers each.
_TABLES = {
    "equipment.list": 180, "env.monitoring": 180, "materials.list": 150, "energy.meters": 110, "voc.materials": 90, "water.units": 80,
    "env.waste": 80, "process.steps": 50, "env.outlets": 50, "materials.toxic": 30,
}  # fmt: skip
_SLOWER = 1.5  # of the second thousand acts, at most
_MORE_MB = 60  # than after the first fifth
_MORE_WIDGETS = 200


@dataclass(frozen=True)
class Sample:
    """After so many acts or audits. act_ms: CPU of one since the last sample."""

    done: int
    act_ms: float
    rss_mb: float
    widgets: int
    objects: int
    threads: int
    files: int

    def __str__(self) -> str:
        return (
            f"{self.done:>6} | {self.act_ms:6.1f} ms | {self.rss_mb:6.1f} MB | {self.widgets:>6} widgets | "
            f"{self.objects:>8} objects | {self.threads} threads | {self.files} files"
        )


def _sample(done: int, since: float, acts: int) -> Sample:
    from PySide6.QtWidgets import QApplication

    widgets = len(QApplication.allWidgets()) if QApplication.instance() is not None else 0
    spent = time.process_time() - since
    gc.collect()
    with open("/proc/self/statm") as stream:
        pages = int(stream.read().split()[1])
    return Sample(
        done,
        1000 * spent / acts,
        pages * 4096 / 1e6,
        widgets,
        len(gc.get_objects()),
        threading.active_count(),
        len(os.listdir("/proc/self/fd")),
    )


def _window() -> tuple[Any, Any]:
    from app.ui.application import create_application
    from app.ui.main_window import MainWindow
    from app.ui.settings import load_settings

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    settings = load_settings()
    application = create_application(settings)
    window = MainWindow(build_services(), settings)
    window.resize(1366, 768)
    window.show()
    application.processEvents()
    return application, window


def _settle(application: Any) -> None:
    """Also what is to be deleted later, which a loop of its own would do between two events."""
    from PySide6.QtCore import QCoreApplication, QEvent

    application.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _fill(session: Any, answers: int, photographs: int, dice: random.Random) -> list[str]:
    """As many answers and papers; the keys of the cells."""
    keys: list[str] = []
    for table_id, share in _TABLES.items():
        columns = [
            one.id for one in session.project.index.tables[table_id].columns if not one.derived
        ]
        rows = tuple(
            session.new_row_id(table_id) for _ in range(answers * share // 1000 // len(columns))
        )
        cells = [cell_key(table_id, row, column) for row in rows for column in columns]
        values = [Change(key, MISSING, Given(str(dice.randrange(10_000)))) for key in cells]
        session.record([RowsChange(table_id, (), rows), *values], "粘贴").result()
        keys += cells
    papers = [
        NewPaper(f"照片 {n}.jpg", b"\xff\xd8\xff" + dice.randbytes(600)) for n in range(photographs)
    ]
    session.keep_papers(papers)
    place_papers(session, papers, [keys[0]])
    return keys


def hard_use(
    acts: int, seed: int, *, answers: int = 10_000, photographs: int = 2_000, step: int = 1_000,
    say: Callable[[str], None] = print,
) -> Counter[str]:  # fmt: skip
    """Random acts of every kind through the window: fields, rows, whole columns, undo, redo, going to other pages, saving a
    copy; every act written, and in the end the file holds what the window showed."""
    dice = random.Random(seed)
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="torture-use-") as name:
        os.environ["CLEANAUDIT_HOME"] = name
        application, window = _window()
        path = window.services.projects.sample(Path(name))[1]
        assert window.open_file(path)
        session, screen = window.model.session, window.audit
        many = _fill(session, answers, photographs, dice)
        known = set(many)
        few = [key for key in session.book.answers if "/" in key and key not in known]
        pages = [page.id for stage in session.project.questionnaire.stages for page in stage.pages]
        since = time.process_time()
        for number in range(1, acts + 1):
            match dice.randrange(20):
                case 0 | 1:
                    screen.undo()
                case 2:
                    screen.redo()
                case 3:
                    row = session.new_row_id("team.members")
                    rows = session.book.row_ids("team.members")
                    after = (*rows, row) if len(rows) < 12 else rows[1:]
                    window.model.record([RowsChange("team.members", (), after)], "行")
                case 4:
                    window.model.record([Change(dice.choice(few), MISSING, MISSING)], "清空")
                case 5:
                    some = [
                        Change(key, MISSING, Given(str(dice.randrange(99))))
                        for key in dice.sample(many, 100)
                    ]
                    window.model.record(some, "粘贴")
                case 6 | 7:
                    screen.go_to(dice.choice(pages))
                case 8 if number % 40 == 0:
                    window.copy_to(Path(name) / "副本.cpaudit")
                case _:
                    key = dice.choice(few if dice.random() < 0.5 else many)
                    window.model.record(
                        [Change(key, MISSING, Given(str(dice.randrange(100_000))))], "填写"
                    )
            _settle(application)
            if number % 50 == 0:
                _written(session)
            if number % step == 0:
                samples.append(_sample(number, since, step))
                say(str(samples[-1]))
                since = time.process_time()
        _written(session)
        book = session.book
        if not window.close_audit():
            raise Wrong("the audit did not close")
        window.close()
        window.services.close()
        if read_audit(path).book != book:
            raise Wrong("other answers than those the window showed")
    _judge(samples)
    return Counter({"acts in the window": acts})


def _written(session: Any) -> None:
    end = time.monotonic() + 60
    while session.waiting and time.monotonic() < end:
        time.sleep(0.005)
    if session.waiting:
        raise Wrong(f"not written: {session.save_problem}")


def long_use(
    acts: int, seed: int, *, answers: int = 10_000, photographs: int = 2_000, step: int = 1_000,
    say: Callable[[str], None] = print,
) -> Counter[str]:  # fmt: skip
    """The same without a window, through the session and its writer, so that eight hours of acts take minutes."""
    from app.services.session import ImmediateExecutor

    dice = random.Random(seed)
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="torture-use-") as name:
        os.environ["CLEANAUDIT_HOME"] = name
        services = build_services(ImmediateExecutor())
        path = services.projects.sample(Path(name))[1]
        session = services.projects.open_audit(path)
        many = _fill(session, answers, photographs, dice)
        keys = [*many, *(key for key in session.book.answers if "/" in key)]
        since = time.process_time()
        for number in range(1, acts + 1):
            match dice.randrange(20):
                case 0 | 1:
                    session.undo()
                case 2:
                    session.redo()
                case 3:
                    rows = session.book.row_ids("team.members")
                    after = (
                        (*rows, session.new_row_id("team.members")) if len(rows) < 12 else rows[1:]
                    )
                    session.record([RowsChange("team.members", (), after)], "行")
                case 4:
                    session.record([Change(dice.choice(keys), MISSING, MISSING)], "清空")
                case 5:
                    some = [
                        Change(key, MISSING, Given(str(dice.randrange(99))))
                        for key in dice.sample(many, 20)
                    ]
                    session.record(some, "粘贴")
                case 6 if number % 50 == 0:
                    assert session.assessment is not None
                case _:
                    session.record(
                        [Change(dice.choice(keys), MISSING, Given(str(dice.randrange(100_000))))],
                        "填写",
                    )
            if session.waiting:
                raise Wrong(f"not written: {session.save_problem}")
            if number % step == 0:
                samples.append(_sample(number, since, step))
                say(f"{samples[-1]} | {path.stat().st_size / 1e6:.1f} MB file")
                since = time.process_time()
        book = session.book
        session.close()
        services.close()
        if read_audit(path).book != book:
            raise Wrong("other answers than those given")
    _judge(samples)
    return Counter({"acts of long use": acts})


def opened_and_closed(audits: int, seed: int, say: Callable[[str], None] = print) -> Counter[str]:
    """The samples by turns: opened, every page shown, closed."""
    dice = random.Random(seed)
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="torture-use-") as name:
        os.environ["CLEANAUDIT_HOME"] = name
        application, window = _window()
        projects = window.services.projects
        files = [
            *projects.sample(Path(name)),
            projects.finished_sample(Path(name)),
            projects.printer_sample(Path(name)),
        ]
        since = time.process_time()
        for number in range(1, audits + 1):
            assert window.open_file(dice.choice(files))
            for stage in window.model.project.questionnaire.stages:
                for page in stage.pages:
                    window.audit.go_to(page.id)
                    _settle(application)
            window.audit.go_to_report()
            _settle(application)
            if not window.close_audit():
                raise Wrong("the audit did not close")
            window.go_home()
            _settle(application)
            if number % max(1, audits // 20) == 0:
                samples.append(_sample(number, since, max(1, audits // 20)))
                say(str(samples[-1]))
                since = time.process_time()
        window.close()
        window.services.close()
    _judge(samples)
    return Counter({"audits opened, walked and closed": audits})


def _judge(samples: list[Sample]) -> None:
    """Against the time after the first fifth: by then everything is loaded once."""
    if len(samples) < 5:
        return
    warm, last = samples[len(samples) // 5], samples[-1]
    early = min(one.act_ms for one in samples[: len(samples) // 2])
    late = min(
        one.act_ms for one in samples[len(samples) // 2 :]
    )  # the machine may be busy with others
    if late > _SLOWER * early:
        raise Wrong(f"slower: {early:.1f} ms an act, later {late:.1f}")
    if last.rss_mb > warm.rss_mb + _MORE_MB:
        raise Wrong(f"more memory: {warm.rss_mb:.0f} MB, later {last.rss_mb:.0f}")
    if last.widgets > warm.widgets + _MORE_WIDGETS:
        raise Wrong(f"more widgets: {warm.widgets}, later {last.widgets}")
    if last.threads > warm.threads + 2 or last.files > warm.files + 5:
        raise Wrong(f"more threads or files: {warm}, later {last}")
