"""The left navigation of the home screens: what there is, with counts."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.ui import theme, widgets


class SideNav(QWidget):
    """The left navigation of the home screens: what there is, with counts. chosen(name)."""

    chosen = Signal(str)

    def __init__(self, current: str) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._current = current
        self.buttons: dict[str, QToolButton] = {}
        self._counts: dict[str, QLabel] = {}
        for name, text, icon in (
            ("home", self.tr("项目库"), "list"),
            ("systems", self.tr("指标体系库"), "scales"),
        ):
            button = QToolButton()
            button.setProperty("role", "nav")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setText(f"  {text}")
            button.setAccessibleName(text)
            button.setCheckable(True)
            button.setChecked(name == current)
            policy = button.sizePolicy()
            button.setSizePolicy(policy.Policy.Expanding, policy.Policy.Fixed)
            button.clicked.connect(lambda _=False, name=name: self._on_clicked(name))
            theme.set_icon(button, icon)
            inner = QHBoxLayout(button)
            inner.setContentsMargins(0, 0, 14, 0)
            count = widgets.label("", "note")
            count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inner.addStretch(1)
            inner.addWidget(count)
            self.buttons[name], self._counts[name] = button, count
            box.addWidget(button)

    def show_count(self, name: str, count: int) -> None:
        self._counts[name].setText(str(count) if count else "")
        text = self.buttons[name].text().strip()
        self.buttons[name].setAccessibleName(f"{text} {count}")

    def _on_clicked(self, name: str) -> None:
        self.buttons[name].setChecked(name == self._current)
        self.chosen.emit(name)
