"""Starts the screen: QApplication, fonts, Chinese texts of Qt, look, and what happens with errors nobody caught."""

import gc
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import __version__, paths
from app.errors import UserError
from app.ui import theme
from app.ui.focus import FocusKeeper
from app.ui.settings import Settings, load_settings

if TYPE_CHECKING:
    # For types only: SQLAlchemy, which they stand on, is not needed to show the window.
    from app.services.services import Services
    from app.ui.main_window import MainWindow

_IDLE_AFTER_MS = 1500  # when the window stands and its first page is drawn
_LATER = ("app.ui.tables.preview", "app.ui.tables.level_after")


def create_application(settings: Settings) -> QApplication:
    """The one QApplication of the process, in the user's theme; the existing one when there is one."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("CleanAudit")
    app.setApplicationDisplayName("")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("cleanaudit")
    QLocale.setDefault(QLocale("zh_CN"))
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_zh_CN", folder):
        app.installTranslator(translator)
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(paths.resources_dir() / "icons" / "logo.svg")))
    if app.findChild(FocusKeeper) is None:
        FocusKeeper(app)
    theme.load_fonts()
    theme.apply_theme(app, "dark" if settings.theme == "dark" else "light")
    return app


def show_start_error(error: UserError) -> None:
    """Why the program cannot start, in a box: a user's settings may be what cannot be read, so none are."""
    from app.ui.problems import show_user_error

    application = create_application(Settings())
    show_user_error(None, application.translate("application", "清审通没有打开"), error)


def _settle(window: "MainWindow") -> None:
    """Once the window stands: what search, a paste and later pages need, pages nobody has seen yet, and the loaded data set aside from the collector, which
    would stop the window for 0.1 s each time it looks through them."""
    from app.ui.search import load_pinyin

    load_pinyin()
    window.tasks.start(
        "", lambda _task: [import_module(name) for name in _LATER], lambda _: None, lambda _: None
    )
    gc.freeze()
    window.build_ahead()


def run(services: "Services", file: Path | None = None) -> int:
    """Open the window, with an audit in it if one is given; returns the exit status when it is closed."""
    from app.ui.main_window import MainWindow
    from app.ui.problems import install_exception_hook

    settings = load_settings()
    app = create_application(settings)
    window = MainWindow(services, settings)
    install_exception_hook(lambda: window)
    window.restore_geometry()
    window.show()
    window.start(file)
    QTimer.singleShot(_IDLE_AFTER_MS, lambda: _settle(window))
    return app.exec()
