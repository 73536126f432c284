"""「模板」 of the report page: the consultant's own look of the paper, chosen for this audit or taken in from a file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.errors import UserError
from app.papers.template import Template
from app.services.paper_templates import (
    add_template,
    choose_template,
    chosen_template,
    templates,
)
from app.ui import problems, widgets
from app.ui.messages import Message
from app.ui.session import SessionModel


class TemplateMenu(QWidget):
    """A link that says which template is used, with its menu."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self.link = widgets.link("", self._open, name=self.tr("报告模板"))
        box = widgets.row(self.link)
        box.setContentsMargins(0, 0, 0, 0)
        self.setLayout(box)
        self.refresh()

    def refresh(self) -> None:
        """Say what is used now."""
        template = chosen_template(self._model.session)
        words = self.tr("不用") if template is None else template.name
        self.link.setText(self.tr("模板：{name}").format(name=words))

    def menu(self) -> QMenu:
        """Built when it is asked for: templates may have been taken in meanwhile."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("报告模板"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for one in templates():
            words = f"{one.name}　{one.consultant}".strip()
            menu.addAction(words, partial(self.choose, one))
        menu.addSeparator()
        menu.addAction(self.tr("不用模板"), partial(self.choose, None))
        menu.addAction(self.tr("加一份模板文件…"), self._add)
        return menu

    def _open(self) -> None:
        self.menu().popup(self.link.mapToGlobal(self.link.rect().bottomLeft()))

    def choose(self, template: Template | None) -> None:
        """Use it for this audit; the preview is set again by whoever listens to the answers."""
        self._model.act(lambda session: choose_template(session, template))
        self.refresh()

    def _add(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("加一份模板文件"), "", self.tr("模板 (*.yaml *.yml)")
        )
        if chosen:
            self.add(Path(chosen))

    def add(self, path: Path) -> None:
        """Take a file in and use it."""
        try:
            template = add_template(path)
        except UserError as error:
            self._model.post(problems.as_message(error))
            return
        self.choose(template)
        said = self.tr("已收下模板「{name}」，这个案卷就用它").format(name=template.name)
        self._model.post(Message("ok", said))
