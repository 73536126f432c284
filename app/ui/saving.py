"""Where to write a file: one dialog for all that is written, and its ending."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.ui import problems


def ask_target(
    parent: QWidget, title: str, start: Path | str, kind: str, ending: str
) -> Path | None:
    """The place chosen, None when nothing was. The name gets its ending where it lacks it (「甲厂 2025.1」 keeps its .1);
    a file of the name made so is not replaced without a question, which the dialog could not ask."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(start), kind)
    if not chosen:
        return None
    if not ending or chosen.lower().endswith(ending.lower()):
        return Path(chosen)
    target = Path(f"{chosen}{ending}")
    if target.exists() and not problems.ask(
        parent,
        title,
        _tr("「{name}」已经有了。").format(name=target.name),
        _tr("换成新的"),
        _tr("不写了"),
    ):
        return None
    return target


def _tr(text: str) -> str:
    return QCoreApplication.translate("saving", text)
