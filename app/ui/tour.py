"""The main job without a person: open the sample audit, look at every page in both themes and two sizes, print the report."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QSize
from PySide6.QtWidgets import QApplication

from app import clock
from app.ui import theme
from app.ui.application import create_application
from app.ui.main_window import MainWindow
from app.ui.settings import Settings

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.services import Services

SIZES = (QSize(1440, 900), QSize(1366, 728))
THEMES: tuple[theme.ThemeName, ...] = ("light", "dark")


def run_tour(services: "Services", directory: Path) -> tuple[Path, ...]:
    """Write the sample audits, a picture of every page and the report into `directory`; every file written.

    Works without a screen when Qt runs on its offscreen platform. UserError when the folder cannot be written.
    """
    app = create_application(Settings())
    directory.mkdir(parents=True, exist_ok=True)
    pictures = directory / "screens"
    pictures.mkdir(exist_ok=True)
    written: list[Path] = list(services.projects.sample(directory))
    window = MainWindow(services, Settings())
    window.show()
    try:
        for name in THEMES:
            theme.apply_theme(app, name)
            window.top.show_theme()
            for size in SIZES:
                window.resize(size)
                for label in _visit(window, written[0]):
                    settle()
                    target = pictures / f"{label}-{name}-{size.width()}.png"
                    if window.grab().save(str(target)):
                        written.append(target)
        written.extend(_reports(services, written[:2]))
    finally:
        window.close()
        theme.apply_theme(app, "light")
    return tuple(written)


def _reports(services: "Services", audits: Iterable[Path]) -> Iterator[Path]:
    """The paper of each audit, as a draft, beside the audit."""
    from app.services import reporting

    today = clock.today()
    for audit in audits:
        session = services.projects.open_audit(audit)
        target = audit.with_suffix(".pdf")
        try:
            reporting.write_report(
                session.project, session.assessment, target, state=reporting.STATES[0], today=today
            )
        finally:
            session.close()
        yield target


def _visit(window: MainWindow, audit: Path) -> Iterator[str]:
    """Go to one place after another; the name of each once it is on the screen."""
    window.go_home()
    yield "00-home"
    window.new_audit()
    yield "01-new-audit"
    desk = window.standards()
    systems = desk.systems()
    yield "03-systems"
    summary = next(one for one in window.services.catalogue.systems() if one.scorable)
    systems.choose(summary.id)
    desk.verify(summary.id, summary.tables[0][0])
    yield "04-verify"
    desk.edit(summary.id, summary.tables[0][0])
    yield "05-edit-system"
    desk.bring_in()
    yield "06-bring-in"
    desk.export_pack(summary.id)
    yield "07-pack"
    desk.leave()
    window.open_file(audit)
    assert window.audit is not None
    desk.compare()
    yield "08-editions"
    desk.leave()
    for place in window.audit.outline.places:
        window.audit.go_to(place.page.id)
        yield f"{place.page.number}-{place.page.id}"
    window.go_home()
    yield "02-library"


def settle() -> None:
    """Let timers of nought and layouts run until nothing is waiting."""
    for _ in range(5):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
