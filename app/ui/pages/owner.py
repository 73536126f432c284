"""给老板看的一页, and the cuts below the permit for a bank or a trade: shown as they are printed, printed as they are shown."""

from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import clock
from app.forms.question import Page
from app.papers.document import Document
from app.papers.owner import (
    OWNER_TITLE,
    SURPLUS_TITLE,
    owner_blocks,
    owner_document,
    surplus_blocks,
    surplus_document,
)
from app.services.form_prints import print_paper
from app.ui import widgets
from app.ui.pages.base import BasePage
from app.ui.pages.file_writer import FileWriter
from app.ui.pages.measure_list import scrolled
from app.ui.paper_view import paper_cards
from app.ui.saving import ask_target
from app.ui.session import SessionModel

_OWNER, _SURPLUS = range(2)


class OwnerPage(BasePage):
    """Ctrl+S saves what is shown as a PDF."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 0, 4, 0)
        inner = QWidget()
        inner.setMaximumWidth(900)
        self._body = QVBoxLayout(inner)
        self._body.setContentsMargins(0, 0, 12, 12)
        self._body.setSpacing(12)
        self._area = scrolled(inner, page.short)
        box.addWidget(self._area)
        self.choice = widgets.Segments(
            [self.tr("给老板看的"), self.tr("减排量核算")], name=self.tr("看哪一张")
        )
        self.choice.set_current(_OWNER)
        self.choice.chosen.connect(lambda _: self.refresh())
        self._save = widgets.button(
            self.tr("存成 PDF"), self.save_paper, role="primary", icon="export", keys="Ctrl+S"
        )
        self._writer = FileWriter(model, self._save)
        self._head = QWidget()
        self._head.setLayout(widgets.row(self.choice, self._save))
        QShortcut(QKeySequence("Ctrl+S"), self, self.save_paper)
        self._is_behind = True
        self.follow(model.assessment_changed, model.answers_changed)

    def build_more(self) -> bool:
        self.catch_up()
        return False

    def head_widget(self) -> QWidget | None:
        return self._head

    def refresh(self) -> None:
        widgets.clear_layout(self._body)
        project = self.model.project
        if self.choice.current() == _SURPLUS:
            blocks = surplus_blocks(project)
        else:
            blocks = owner_blocks(project, self.model.assessment)
        for card in paper_cards(blocks):
            self._body.addWidget(card)
        self._body.addStretch(1)

    def _paper(self) -> tuple[str, Document]:
        today = clock.today()
        if self.choice.current() == _SURPLUS:
            return SURPLUS_TITLE, surplus_document(self.model.project, today)
        return OWNER_TITLE, owner_document(self.model.project, self.model.assessment, today)

    def save_paper(self) -> None:
        """Ask for a name and write the shown paper."""
        title, _ = self._paper()
        start = self.model.session.path.with_name(f"{title}.pdf")
        kind = self.tr("PDF 文件 (*.pdf)")
        target = ask_target(self, self.tr("存成 PDF"), start, kind, ".pdf")
        if target is not None:
            self.write(target)

    def write(self, target: Path) -> None:
        """Write the shown paper off the window's thread; what comes of it is said on the page."""
        _, document = self._paper()
        self._writer.write(target, lambda: print_paper(document, target))

    def commit_pending(self) -> None:
        """Nothing is typed here; a file that is being written is waited for before the audit closes."""
        self._writer.wait()

    def focus_start(self) -> bool:
        self._area.setFocus()
        return True

    def status_keys(self) -> str:
        return self.tr("Ctrl+S 存成 PDF · ← → 换一张")
