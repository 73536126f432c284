"""The official print beside the typing: a PDF or a picture, turned and sized by mouse or keyboard; the page is remembered."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QMargins, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QImageReader,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFileDialog,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import Problem, UserError
from app.services.prints import PICTURES, SUFFIXES, Print, keep_print, open_print, print_of
from app.ui import widgets
from app.ui.messages import Message
from app.ui.problems import as_message
from app.ui.standards.words import tr

_STEPS = (25, 50, 75, 100, 125, 150, 200, 300, 400)
_MARGIN = 8
_POINTS_PER_INCH = 72
_REST_MS = 500


class PrintPane(widgets.Card):
    """Ctrl+O opens, PgUp and PgDn turn, Ctrl+Plus, Ctrl+Minus and Ctrl+0 size. `message`: what went wrong."""

    message = Signal(object)

    def __init__(self, system_id: str) -> None:
        super().__init__(tr("你手里的原文"), icon="document", padded=False)
        self._system_id = system_id
        self.print: Print | None = None
        self.setMinimumWidth(280)
        self.setAcceptDrops(True)
        self._pixmap = QPixmap()
        self.document = QPdfDocument(self)
        self._build_head()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._build_empty())
        self._pdf = QPdfView(self)
        self._pdf.setAccessibleName(tr("原文"))
        self._pdf.setPageMode(QPdfView.PageMode.MultiPage)
        self._pdf.setDocumentMargins(QMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN))
        self._pdf.setDocument(self.document)
        self._pdf.pageNavigator().currentPageChanged.connect(lambda _: self._on_page())
        self._picture = QScrollArea()
        self._picture.setAccessibleName(tr("原文"))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._image = QLabel()
        self._image.setAccessibleName(tr("原文的图片"))
        self._picture.setWidget(self._image)
        for view in (self._pdf, self._picture):
            # Tab stays with the typing; the print is turned by PgUp and PgDn from there.
            view.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            view.viewport().installEventFilter(self)
            self._stack.addWidget(view)
        self.body.addWidget(self._stack, 1)
        self._show_controls()
        # Also where the program is ended in the middle of the work.
        self._keep_soon = QTimer(self)
        self._keep_soon.setSingleShot(True)
        self._keep_soon.setInterval(_REST_MS)
        self._keep_soon.timeout.connect(self._keep)

    # -- building

    def _build_head(self) -> None:
        self.note_label.setVisible(False)
        self._name = widgets.label("", "note")
        self._name.setMinimumWidth(30)
        self._page = widgets.label("", "second")
        self._zoom = widgets.label("", "second")
        self._zoom.setFixedWidth(self._zoom.fontMetrics().horizontalAdvance(tr("适合宽度")) + 4)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.smaller = widgets.icon_button(
            "minus", tr("缩小（Ctrl+-）"), lambda: self.zoom_by(-1), small=True
        )
        self.larger = widgets.icon_button(
            "plus", tr("放大（Ctrl++）"), lambda: self.zoom_by(1), small=True
        )
        self.open_button = widgets.button(
            tr("换一份"), self.choose, role="small", icon="document", tip=tr("Ctrl+O")
        )
        self._controls = (self._page, self.smaller, self._zoom, self.larger, self.open_button)
        self.head.insertWidget(2, self._name, 1)
        for control in self._controls:
            self.head.addWidget(control)

    def _build_empty(self) -> QWidget:
        page = QWidget()
        page.setProperty("role", "plain")
        box = QVBoxLayout(page)
        box.setContentsMargins(18, 16, 18, 16)
        box.setSpacing(3)
        self.first_button = widgets.button(
            tr("打开原文 PDF 或图片"), self.choose, role="primary", icon="folder", keys="Ctrl+O"
        )
        box.addLayout(widgets.row(self.first_button, None))
        self._gone = widgets.label("", "second", tone="warn", wrap=True)
        self._gone.hide()
        box.addWidget(self._gone)
        for strong, text in (
            (
                tr("程序不带标准原文"),
                tr(
                    "把你手里的公告、印本扫描件或照片放在这里，对着打；拖进来也行。"
                    "手边是纸本就不用开。文件名和 SHA-256 会记进核对记录，文件不会被拷走。"
                ),
            ),
            (
                tr("打之前不给看库里的值"),
                tr("免得照着抄。打完一格，马上告诉你一样不一样。"),
            ),
            (
                tr("打的和库里不一样怎么办"),
                tr(
                    "不会自动改。两个值都记下，请另一个人再打一遍；两个人一致才替换，并记下谁、哪天、哪一页。"
                ),
            ),
            (
                tr("怎么打"),
                tr(
                    "符号可以不打：8 和 ≤8 都行。区间打 6~9，原文这一级是横线就打 —，分摊的权重打 0.8/n。"
                ),
            ),
        ):
            box.addSpacing(9)
            box.addWidget(widgets.label(strong, "table_strong"))
            box.addWidget(widgets.label(text, "second", wrap=True))
        box.addStretch(1)
        # Its words must not keep the typing from fitting a small screen.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area

    # -- opening

    def choose(self) -> None:
        """Ask for the file."""
        start = str(self.print.path.parent) if self.print is not None else ""
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("打开原文"), start, tr("PDF 和图片 ({kinds})").format(kinds=kinds)
        )
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> bool:
        """Show a file from its first page; False, with the reason said, when it cannot be shown."""
        try:
            opened = open_print(path)
            self._show(opened)
        except UserError as error:
            self.message.emit(as_message(error))
            return False
        self._keep()
        return True

    def restore(self) -> None:
        """Open the print of this system as it was left."""
        remembered = print_of(self._system_id)
        if remembered is None:
            return
        try:
            opened = open_print(remembered.path)
            self._show(replace(opened, page=remembered.page, zoom=remembered.zoom))
        except UserError:
            text = tr("上次的原文「{name}」不在原来的地方了，再打开一次。")
            self._gone.setText(text.format(name=remembered.path.name))
            self._gone.show()
            return
        if opened.sha256 != remembered.sha256:
            text = tr("「{name}」和上次打开时不是同一份内容了，核对记录按现在这一份记。")
            self.message.emit(Message("warn", text.format(name=remembered.path.name)))

    def _show(self, opened: Print) -> None:
        """UserError when the file is not what its ending says, or wants a password. What was shown then stays."""
        if opened.path.suffix.lower() in PICTURES:
            self._load_picture(opened)
        else:
            self._load_pdf(opened)
        self.print = opened
        self._show_controls()
        self._apply_zoom()
        if self._is_pdf:
            self._jump(opened.page)
        self._on_page()

    def _load_picture(self, opened: Print) -> None:
        reader = QImageReader(str(opened.path))
        reader.setDecideFormatFromContent(True)
        reader.setAutoTransform(True)  # photos lie on their side
        image = reader.read()
        if image.isNull():
            raise UserError(
                Problem(opened.path.name, "这张图片打不开", "文件可能坏了，重新拍或扫一张。")
            )
        self._pixmap = QPixmap.fromImage(image)
        self._stack.setCurrentWidget(self._picture)

    def _load_pdf(self, opened: Print) -> None:
        fresh = QPdfDocument(self)
        error = fresh.load(str(opened.path))
        if error is not QPdfDocument.Error.None_:
            locked = error in (
                QPdfDocument.Error.IncorrectPassword,
                QPdfDocument.Error.UnsupportedSecurityScheme,
            )
            fresh.deleteLater()
            raise UserError(
                Problem(opened.path.name, "这个 PDF 要密码", "先另存一份不带密码的。")
                if locked
                else Problem(opened.path.name, "这个 PDF 打不开", "文件可能坏了，重新下载或扫描。")
            )
        before, self.document = self.document, fresh
        self._pdf.setDocument(fresh)
        before.deleteLater()
        self._stack.setCurrentWidget(self._pdf)

    @property
    def _is_pdf(self) -> bool:
        return self._stack.currentWidget() is self._pdf

    def _show_controls(self) -> None:
        for control in (*self._controls, self._name):
            control.setVisible(self.print is not None)
        if self.print is not None:
            self._name.setToolTip(f"{self.print.path}\nSHA-256 {self.print.sha256}")
            self._name.setAccessibleName(self.print.path.name)
            QTimer.singleShot(0, self, self._elide_name)  # once the head has its new widths

    def _elide_name(self) -> None:
        if self.print is not None:
            room = max(self._name.width(), 30)
            self._name.setText(
                self._name.fontMetrics().elidedText(
                    self.print.path.name, Qt.TextElideMode.ElideMiddle, room
                )
            )

    # -- turning and sizing

    @property
    def page(self) -> int:
        """The page that is shown, from 1; 0 while nothing is open."""
        if self.print is None:
            return 0
        return self._pdf.pageNavigator().currentPage() + 1 if self._is_pdf else 1

    @property
    def page_count(self) -> int:
        return self.document.pageCount() if self._is_pdf else 1

    def turn(self, direction: int) -> None:
        """A pane-full down (1) or up (-1)."""
        if self.print is None:
            return
        bar = self._view().verticalScrollBar()
        bar.setValue(bar.value() + direction * max(bar.pageStep() - 40, 40))

    def zoom_by(self, direction: int) -> None:
        """The next larger (1) or smaller (-1) size, also from 「适合宽度」."""
        if self.print is None:
            return
        now = self.print.zoom or self._fitting()
        wanted = (
            next((step for step in _STEPS if step > now), _STEPS[-1])
            if direction > 0
            else next((step for step in reversed(_STEPS) if step < now), _STEPS[0])
        )
        self._set_zoom(wanted)

    def fit_width(self) -> None:
        if self.print is not None:
            self._set_zoom(0)

    def _set_zoom(self, percent: int) -> None:
        assert self.print is not None
        page = self.page
        self.print = replace(self.print, zoom=percent)
        self._apply_zoom()
        if self._is_pdf:
            self._jump(page)
        self._keep()

    def _jump(self, page: int) -> None:
        number = min(max(page, 1), self.document.pageCount())
        self._pdf.pageNavigator().jump(number - 1, QPointF(0, 0))

    def _view(self) -> QAbstractScrollArea:
        return self._pdf if self._is_pdf else self._picture

    def _fitting(self) -> int:
        """The size in percent at which the page is as wide as the pane."""
        room = self._view().viewport().width() - 2 * _MARGIN
        if self._is_pdf:
            points = self.document.pagePointSize(max(self.page - 1, 0)).width()
            natural = points * self.logicalDpiX() / _POINTS_PER_INCH
        else:
            natural = float(self._pixmap.width())
        return max(1, round(100 * room / natural)) if natural else 100

    def _apply_zoom(self) -> None:
        if self.print is None:
            return
        zoom = self.print.zoom
        self._zoom.setText(f"{zoom} %" if zoom else tr("适合宽度"))
        if self._is_pdf:
            if zoom:
                self._pdf.setZoomMode(QPdfView.ZoomMode.Custom)
                self._pdf.setZoomFactor(zoom / 100)
            else:
                self._pdf.setZoomMode(QPdfView.ZoomMode.FitToWidth)
            return
        wide = self._pixmap.width() * (zoom or self._fitting()) // 100
        shown = self._pixmap.scaledToWidth(max(wide, 1), Qt.TransformationMode.SmoothTransformation)
        self._image.setPixmap(shown)
        self._image.resize(shown.size())

    def _on_page(self) -> None:
        if self.print is None:
            return
        self._page.setText(tr("{page} / {all} 页").format(page=self.page, all=self.page_count))
        self._page.setVisible(self.page_count > 1)
        if self.page != self.print.page:
            self._keep_soon.start()

    def _keep(self) -> None:
        if self.print is not None:
            self.print = replace(self.print, page=self.page)
            keep_print(self._system_id, self.print)

    # -- events

    def hideEvent(self, event: QHideEvent) -> None:
        """The page is remembered when the screen is left."""
        self._keep()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        page = self.page
        super().resizeEvent(event)
        self._elide_name()
        if self.print is None or self.print.zoom:
            return
        self._apply_zoom()
        if self._is_pdf:
            # The view has its new size after this event; a page grown with it would move out of sight.
            QTimer.singleShot(0, self, lambda: self._jump(page))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if event.angleDelta().y():
                self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.toLocalFile().lower().endswith(SUFFIXES) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.toLocalFile().lower().endswith(SUFFIXES):
                self.open(Path(url.toLocalFile()))
                return

    def sizeHint(self) -> QSize:
        return QSize(520, 560)
