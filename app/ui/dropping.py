"""Files dropped into the window: which of them it takes, and the place that says so."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.ui import theme, widgets
from app.ui.verify_sealed import is_sealed_report

_SYSTEMS = (".cppack", ".xlsx", ".yaml", ".yml")


class DropZone(QFrame):
    """Says where a file may be dropped; the whole window takes it."""

    def __init__(self, *, flat: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "drop")
        self.setProperty("lit", "false")
        title = widgets.label(self.tr("把案卷拖到这里"), "strong")
        if flat:
            box = QHBoxLayout(self)
            box.setContentsMargins(12, 11, 12, 11)
            box.addStretch(1)
            box.addWidget(widgets.IconLabel("folder", "ink2", 16))
            box.addWidget(
                widgets.label(self.tr("也可以把案卷（.cpaudit）直接拖进这个窗口"), "second")
            )
            box.addStretch(1)
            return
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 16)
        column.setSpacing(4)
        column.addWidget(widgets.IconLabel("folder", "ink2", 22), 0, Qt.AlignmentFlag.AlignHCenter)
        for line in (title, widgets.label(self.tr(".cpaudit，放开就打开"), "second")):
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignHCenter)

    def light(self, lit: bool) -> None:
        theme.set_property(self, "lit", "true" if lit else "false")


def dropped_files(event: QDropEvent) -> list[Path]:
    """What a drag carries of this computer."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def dropped_audit(event: QDropEvent) -> Path | None:
    """The audit file carried by a drag, None when there is none."""
    return next((path for path in dropped_files(event) if path.suffix == ".cpaudit"), None)


def dropped_report(event: QDropEvent) -> Path | None:
    """A sealed report carried by a drag, None when there is none."""
    return next((path for path in dropped_files(event) if is_sealed_report(path)), None)


def dropped_system(event: QDropEvent) -> Path | None:
    """A pack or a filled template carried by a drag, None when there is none."""
    return next((path for path in dropped_files(event) if path.suffix.lower() in _SYSTEMS), None)
