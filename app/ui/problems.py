"""The one home of message boxes: what the user can mend, and what we broke."""

import logging
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from PySide6.QtCore import QCoreApplication, Qt, QThread, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app import paths
from app.errors import UserError
from app.ui.messages import Action, Message

_LOG = logging.getLogger(__name__)


def _tr(text: str) -> str:
    return QCoreApplication.translate("problems", text)


def as_message(error: UserError, *actions: Action) -> Message:
    """A UserError as one message bar: the first problem, its count, and the others one key away."""
    first, *others = map(str, error.problems)
    return Message("error", first, actions, more=tuple(others))


def show_user_error(parent: QWidget | None, title: str, error: UserError) -> None:
    """A dialog, for what must be read before anything else can go on: a file that cannot be opened."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("清审通"))
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText("\n".join(str(problem) for problem in error.problems[:8]))
    if len(error.problems) > 8:
        box.setDetailedText("\n".join(str(problem) for problem in error.problems))
    box.addButton(_tr("知道了"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()


def ask(parent: QWidget | None, title: str, text: str, accept: str, reject: str) -> bool:
    """A question with two answers; the safe one (`reject`) is the default and the answer of Esc."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("清审通"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(text)
    yes = box.addButton(accept, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(reject, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.exec()
    return box.clickedButton() is yes


def show_fault(parent: QWidget | None, error: BaseException) -> None:
    """A fault of ours: said once, with the log to send."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("清审通"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(_tr("程序自己出了一个错，刚才那一步没有做成"))
    box.setInformativeText(f"{_tr('已经写进文件的回答都在。')}\n{paths.log_to_send()}")
    box.setDetailedText("".join(traceback.format_exception(error)))
    folder = box.addButton(_tr("打开记录所在文件夹"), QMessageBox.ButtonRole.ActionRole)
    on = box.addButton(_tr("接着做"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(on)
    box.setEscapeButton(on)
    box.exec()
    if box.clickedButton() is folder:
        with suppress(UserError):  # there is none to open
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.log_dir())))


def show_failure(parent: QWidget | None, title: str, error: BaseException) -> None:
    """What came of work off the thread: what the user can mend under `title`, else a fault of ours."""
    if isinstance(error, UserError):
        show_user_error(parent, title, error)
    else:
        show_fault(parent, error)


def install_exception_hook(parent: Callable[[], QWidget | None]) -> None:
    """From now on an error nobody caught is logged and shown; the program stays open."""
    showing = False

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        nonlocal showing
        _LOG.critical("unexpected error", exc_info=(kind, error, trace))
        app = QApplication.instance()
        if issubclass(kind, KeyboardInterrupt) or app is None or showing:
            sys.__excepthook__(kind, error, trace)
            return
        if QThread.currentThread() is not app.thread():
            return
        showing = True
        try:
            show_failure(parent(), _tr("这一步没有做成"), error)
        finally:
            showing = False

    sys.excepthook = hook
