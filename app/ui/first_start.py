"""The first start: nothing here yet, three ways to begin."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui import widgets
from app.ui.dropping import DropZone


class FirstStart(QWidget):
    """Nothing here yet: what to do, in three cards."""

    def __init__(
        self,
        new: Callable[[], object],
        sample: Callable[[], object],
        printer: Callable[[], object],
        choose: Callable[[], object],
    ) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(32, 36, 32, 16)
        column = QWidget()
        column.setMaximumWidth(980)
        box = QVBoxLayout(column)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addWidget(widgets.label(self.tr("开始一次清洁生产审核"), "hero"))
        box.addWidget(
            widgets.label(
                self.tr(
                    "第一次用，从这三样里选一样。不用读说明书，每一页右边都写着为什么问、怎么填、要什么材料。"
                ),
                "second",
                wrap=True,
            )
        )
        self.new_button = widgets.button(
            self.tr("新建审核"), new, role="primary", icon="plus", keys="Ctrl+N"
        )
        self.sample_button = widgets.button(self.tr("打开示例：澄岭五金"), sample, icon="eye")
        self.printer_button = widgets.link(
            self.tr("绘川包装"),
            printer,
            name=self.tr("打开示例：绘川包装，印刷厂，看 VOC 替代和包装"),
        )
        self.printer_button.setToolTip(self.tr("一家虚构的印刷厂，看 VOC 替代和包装"))
        samples = QWidget()
        samples.setLayout(widgets.row(self.sample_button, self.printer_button, spacing=10))
        self.choose_button = widgets.button(self.tr("选文件"), choose, icon="folder", keys="Ctrl+O")
        cards = widgets.row(spacing=14)
        for icon, title, text, button, first in (
            (
                "plus",
                self.tr("新建审核"),
                self.tr("最多 10 个问题：能不能走简易流程、用哪个指标体系、先去要哪些材料。"),
                self.new_button,
                True,
            ),
            (
                "eye",
                self.tr("先看一个做完的"),
                self.tr(
                    "示例是一家虚构的佛山电镀小厂，每个数都能点开看来历。随便改，改坏了可以重来。"
                ),
                samples,
                False,
            ),
            (
                "folder",
                self.tr("我有文件"),
                self.tr("别人给的或以前做的案卷（.cpaudit），选中就打开。"),
                self.choose_button,
                False,
            ),
        ):
            cards.addWidget(self._card(icon, title, text, button, first), 1)
        box.addLayout(cards)
        self.drop = DropZone(flat=True)
        box.addWidget(self.drop)
        box.addWidget(widgets.rule())
        facts = widgets.row(spacing=24)
        for icon, title, text in (
            (
                "shield",
                self.tr("数据只在这台电脑"),
                self.tr("不上网，不注册。每答一题就写进硬盘，自动备份，备份会打开核对。"),
            ),
            (
                "clock",
                self.tr("随时停，随时接着做"),
                self.tr("填到一半关电脑也不丢。没填的就写没填，不会悄悄当成 0。"),
            ),
            (
                "print",
                self.tr("最后得到什么"),
                self.tr("审核报告 PDF，附计算书：每个指标从账单到分数，一步步对得上。"),
            ),
        ):
            facts.addWidget(self._fact(icon, title, text), 1)
        box.addLayout(facts)
        box.addStretch(1)
        outer.addLayout(widgets.row(None, column, None))
        middle = outer.itemAt(0).layout()
        assert isinstance(middle, QHBoxLayout)
        middle.setStretch(1, 100)

    def _card(self, icon: str, title: str, text: str, button: QWidget, first: bool) -> QWidget:
        card = widgets.frame("card", margins=(19, 19, 19, 17), spacing=8)
        if first:
            card.setProperty("current", "true")
        box: QVBoxLayout = card.layout()  # type: ignore[assignment]
        tile = widgets.frame("tile", vertical=False)
        tile.setFixedSize(36, 36)
        tile_box = tile.layout()
        assert tile_box is not None
        tile_box.addWidget(widgets.IconLabel(icon, "jade", 20))
        tile_box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(tile)
        box.addSpacing(4)
        box.addWidget(widgets.label(title, "section"))
        words = widgets.label(text, "second", wrap=True)
        words.setMinimumHeight(58)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        box.addWidget(words)
        box.addStretch(1)
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.setMinimumHeight(212)
        return card

    def _fact(self, icon: str, title: str, text: str) -> QWidget:
        holder = QWidget()
        box = QHBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(widgets.IconLabel(icon, "jade", 15), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(widgets.label(title, "table_strong"))
        words.addWidget(widgets.label(text, "second", wrap=True))
        box.addLayout(words, 1)
        return holder
