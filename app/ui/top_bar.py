"""The bar along the top: back, undo, redo, search, report, theme, help. It shows only what works where the user is."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from app.ui import theme, widgets


class _SearchButton(QPushButton):
    """Looks like a field; opens the search palette."""

    def __init__(self, text: str, keys: str) -> None:
        super().__init__()
        self._text, self._keys = text, keys
        self.setProperty("role", "search")
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMaximumWidth(372)
        self.setMinimumWidth(140)

    def sizeHint(self) -> QSize:
        return QSize(372, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        shade = theme.color("ink3")
        painter.drawPixmap(
            10, 7, theme.icon_pixmap("search", shade.name(), 14, self.devicePixelRatioF())
        )
        painter.setPen(shade)
        painter.setFont(theme.font("kbd"))
        cap = painter.fontMetrics().horizontalAdvance(self._keys) + 10
        box = self.rect().adjusted(self.width() - cap - 7, 6, -7, -6)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._keys)
        painter.setPen(theme.color("line2"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(shade)
        painter.setFont(theme.font("table"))
        words = painter.fontMetrics().elidedText(
            self._text, Qt.TextElideMode.ElideRight, self.width() - cap - 50
        )
        painter.drawText(self.rect().adjusted(31, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


class TopBar(QFrame):
    back = Signal()
    undo = Signal()
    redo = Signal()
    search = Signal()
    report = Signal()
    check_up = Signal()
    theme_toggled = Signal()
    help = Signal()
    name_wanted = Signal()
    about_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "top_bar")
        self.setFixedHeight(theme.size("top_bar"))
        box = QHBoxLayout(self)
        box.setContentsMargins(12, 0, 12, 0)
        box.setSpacing(4)

        self.back_button = self._tool("chevron-left", self.tr("项目库"), self.back)
        self.undo_button = widgets.icon_button("undo", self.tr("撤销（Ctrl+Z）"), self.undo.emit)
        self.redo_button = widgets.icon_button("redo", self.tr("重做（Ctrl+Y）"), self.redo.emit)
        self.search_button = _SearchButton(
            self.tr("搜索问题、指标、表号（可打拼音首字母）"), "Ctrl+K"
        )
        self.search_button.clicked.connect(lambda: self.search.emit())
        self._check_words = ("", "")  # whole, and short where there is little room
        self._is_audit = False
        self._separators = [widgets.rule(vertical=True) for _ in range(3)]
        for line in self._separators:
            line.setFixedHeight(20)
        box.addWidget(self.back_button)
        box.addSpacing(4)
        box.addWidget(self._separators[0])
        box.addSpacing(4)
        box.addWidget(self.undo_button)
        box.addWidget(self.redo_button)
        box.addSpacing(4)
        box.addWidget(self._separators[1])
        box.addSpacing(4)
        box.addWidget(self.search_button, 1)
        box.addStretch(2)
        self.name_button = self._tool("user", "", self.name_wanted)
        self.check_button = self._tool("shield", self.tr("体检"), self.check_up)
        self.report_button = self._tool("print", self.tr("报告"), self.report)
        self.report_button.setToolTip(self.tr("去「报告」页（Ctrl+P）"))
        self.theme_button = widgets.icon_button("moon", "", self.theme_toggled.emit)
        self.about_button = widgets.icon_button(
            "info", self.tr("关于清审通：版本、许可"), self.about_wanted.emit
        )
        self.help_button = self._tool("help", self.tr("帮助"), self.help)
        self.help_button.setToolTip(self.tr("展开或收起帮助（F1）"))
        box.addWidget(self.name_button)
        box.addWidget(self.check_button)
        box.addWidget(self.report_button)
        box.addSpacing(4)
        box.addWidget(self._separators[2])
        box.addSpacing(4)
        box.addWidget(self.theme_button)
        box.addWidget(self.about_button)
        box.addWidget(self.help_button)
        self.help_cap = widgets.key_cap("F1")
        box.addWidget(self.help_cap)
        self.show_theme()
        self._say_check_up(self.tr("体检"), self.tr("体检"))
        self.show_mode(audit=False, back=False, name=True)
        self.show_back("")

    def show_mode(self, *, audit: bool, back: bool, name: bool, report: bool = False) -> None:
        """audit: an audit is open. back: there is a way back to the library. report: the program can print."""
        self._is_audit = audit
        for widget in (
            self.undo_button,
            self.redo_button,
            self.search_button,
            self.help_button,
            *self._separators[:2],
        ):
            widget.setVisible(audit)
        self.back_button.setVisible(back)
        self._separators[0].setVisible(back and audit)
        self.name_button.setVisible(name)
        self.report_button.setVisible(report)
        self.check_button.setVisible(report)
        self._separators[2].setVisible(name or report)
        self._fit()

    def show_check_up(self, blocks: int, warnings: int) -> None:
        """The badge: what stops a paper, and what asks for a reason."""
        if blocks:
            short = self.tr("必改 {n}").format(n=blocks)
        elif warnings:
            short = self.tr("请确认 {n}").format(n=warnings)
        else:
            short = self.tr("没有问题")
        self._say_check_up(self.tr("体检 {found}").format(found=short), short)
        tip = self.tr("必改 {blocks} 处、请确认 {warnings} 处。点开看清单，F8 逐处走")
        self.check_button.setToolTip(tip.format(blocks=blocks, warnings=warnings))

    def show_check_up_failed(self) -> None:
        """The check-up broke down: nothing is known, which is not 「没有问题」."""
        text = self.tr("体检没做成")
        self._say_check_up(text, text)
        self.check_button.setToolTip(self.tr("程序自己的毛病，已经记进日志；回答不受影响"))

    def _say_check_up(self, text: str, short: str) -> None:
        self._check_words = (text, short)
        self.check_button.setAccessibleName(text)
        self._fit()

    def show_back(self, place: str) -> None:
        """Where back leads; "" = the library."""
        text = place or self.tr("项目库")
        self.back_button.setText(text)
        self.back_button.setAccessibleName(self.tr("回到{place}").format(place=text))
        self.back_button.setToolTip(self.tr("回到{place}（Ctrl+W）").format(place=text))
        self._fit()

    def show_undo(self, undo_label: str, redo_label: str) -> None:
        """What undo and redo would do; "" = nothing."""
        for button, word, label, keys in (
            (self.undo_button, self.tr("撤销"), undo_label, "Ctrl+Z"),
            (self.redo_button, self.tr("重做"), redo_label, "Ctrl+Y"),
        ):
            button.setEnabled(bool(label))
            tip = (
                f"{word}：{label}（{keys}）"
                if label
                else self.tr("没有可以{word}的").format(word=word)
            )
            button.setToolTip(tip)
            button.setAccessibleName(f"{word}：{label}" if label else word)

    def show_name(self, user_name: str) -> None:
        text = user_name or self.tr("填你的名字")
        self.name_button.setText(text)
        self.name_button.setAccessibleName(self.tr("你的名字：{name}").format(name=text))
        self.name_button.setToolTip(
            self.tr("改动记录里写的名字：{name}").format(name=user_name)
            if user_name
            else self.tr("改动记录里写的名字")
        )

    def show_theme(self) -> None:
        dark = theme.current() == "dark"
        theme.set_icon(self.theme_button, "sun" if dark else "moon")
        tip = self.tr("换成浅色") if dark else self.tr("换成深色")
        self.theme_button.setToolTip(tip)
        self.theme_button.setAccessibleName(tip)

    def minimumSizeHint(self) -> QSize:
        """The bar never decides how wide the window must be: it says less where there is less room."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out words that an icon or a tip says as well, from the right, until the rest has room."""
        box = self.layout()
        assert box is not None
        whole, icon = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
            Qt.ToolButtonStyle.ToolButtonIconOnly,
        )
        for left_out in range(5):
            self.help_cap.setVisible(self._is_audit and left_out < 1)
            self.check_button.setText(self._check_words[left_out >= 2])
            self.help_button.setToolButtonStyle(whole if left_out < 3 else icon)
            self.report_button.setToolButtonStyle(whole if left_out < 4 else icon)
            box.activate()
            if box.totalMinimumSize().width() <= self.width():
                break

    def _tool(self, icon: str, text: str, signal: object) -> QToolButton:
        result = widgets.CutToolButton()
        result.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        result.setText(text)
        result.setAccessibleName(text)
        result.setIconSize(QSize(15, 15))
        theme.set_icon(result, icon)
        result.clicked.connect(lambda: signal.emit())  # type: ignore[attr-defined]
        return result

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "theme_button"):
            self.update()
        super().changeEvent(event)
