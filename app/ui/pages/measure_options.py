"""方案库: what the answers speak for, everything there is, and the user's own; Enter puts one into the audit."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from app.audit.measures import TABLE
from app.errors import UserError
from app.forms.answer import cell_key
from app.forms.measure_data import LibraryOption
from app.forms.question import Page
from app.measures.options import THEMES, cells_of, find_options, idea_cells, offered
from app.services.acts import add_measure
from app.services.measure_results import claim_words
from app.services.measures import default_target
from app.ui import widgets
from app.ui.messages import Action, Message
from app.ui.pages.base import BasePage
from app.ui.pages.measure_list import ListAndDetail, chosen_id, facts, fill_list
from app.ui.problems import as_message
from app.ui.saving import ask_target
from app.ui.session import SessionModel

_OFFERED, _ALL, _OWN, _IDEAS, _TECHNOLOGIES = range(5)


class OptionsPage(BasePage):
    """Up and down choose while the search keeps the focus; Enter adds."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        box = widgets.row()
        self.setLayout(box)
        self.view = ListAndDetail(self.tr("方案"), narrow=306)  # its five choices side by side
        box.addWidget(self.view)
        names = [
            self.tr("推荐"),
            self.tr("全部"),
            self.tr("我的"),
            self.tr("想到的"),
            self.tr("技术"),
        ]
        self.sources = widgets.Segments(names, name=self.tr("看哪些"))
        self.sources.set_current(_OFFERED)
        self.sources.chosen.connect(lambda _: self.refresh())
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("找方案，可打拼音首字母、行业"))
        self.search.setAccessibleName(self.tr("找方案"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self.refresh())
        self.search.returnPressed.connect(self.add_chosen)
        self.search.installEventFilter(self)
        self.view.left.insertWidget(0, self.sources)
        self.view.left.insertWidget(1, self.search)
        self.view.list.currentRowChanged.connect(lambda _: self._show())
        self.view.list.itemActivated.connect(lambda _: self.add_chosen())
        self.follow(model.answers_changed)
        self.refresh()

    # -- lists

    def _source(self) -> int:
        return self.sources.current() or 0

    def _entries(self) -> list[tuple[str, str, str]]:
        library, query = self.model.options(), self.search.text()
        source = self._source()
        if source == _OFFERED:
            assessment = self.model.assessment
            target = default_target(assessment, self.model.project)
            found = offered(self.model.project, library, assessment, target)
            kept = {one.id for one in find_options([f.option for f in found], query)}
            return [
                (one.option.id, f"{one.option.title}\n{'；'.join(one.whys)}", one.option.text)
                for one in found
                if one.option.id in kept
            ]
        if source == _OWN:
            return [
                (one.id, f"{one.option.title}\n{one.words}", one.option.text)
                for one in self.model.own_measures.find(query)
            ]
        if source == _IDEAS:
            table = self.model.project.index.tables.get("causes.aspects")
            rows = table.fixed_rows if table is not None else ()
            return [
                (f"{row.id}/{place}", f"{cells['name']}\n{row.label}", "")
                for row in rows
                for place, cells in enumerate(idea_cells(self.model.project, row.id))
                if query in cells["name"]
            ]
        if source == _TECHNOLOGIES:
            words = query.casefold().split()
            return [
                (one.id, f"{one.title}\n{one.sector}·{one.stage}", one.origin)
                for one in library.technologies
                if all(
                    w in one.title.casefold() or w in one.initials or w in one.sector for w in words
                )
            ]
        fields = set(self.model.project.questionnaire.fields)
        return [
            (
                one.id,
                f"{one.title}\n{THEMES.get(one.theme, '')}·{'、'.join(one.sectors[:4])}",
                one.text,
            )
            for one in find_options(library.options, query)
            if query or not fields or fields & set(one.fields)
        ]

    def refresh(self) -> None:
        fill_list(self.view.list, self._entries(), chosen_id(self.view.list))
        self._show()

    # -- detail

    def _option(self) -> LibraryOption | None:
        chosen = chosen_id(self.view.list)
        if self._source() == _OWN:
            return self.model.own_measures.option(chosen)
        return next((one for one in self.model.options().options if one.id == chosen), None)

    def _show(self) -> None:
        self.view.clear()
        chosen, source = chosen_id(self.view.list), self._source()
        if not chosen:
            self._show_empty(source)
        elif source == _TECHNOLOGIES:
            self._show_technology(chosen)
        elif source == _IDEAS:
            card = widgets.Card(self._idea(chosen).get("name", ""), icon="pencil")
            card.body.addWidget(
                widgets.label(self.tr("写在「八个方面原因」里的办法，变成方案清单的一行。"), "note")
            )
            card.body.addLayout(widgets.row(self._add_button(), None))
            self.view.body.addWidget(card)
        elif (option := self._option()) is not None:
            self._show_option(option, source)
        self.view.body.addStretch(1)

    def _idea(self, chosen: str) -> Mapping[str, str]:
        """The cells of 「aspect/place」; empty when the idea has been taken out meanwhile."""
        aspect, _, place = chosen.rpartition("/")
        ideas = idea_cells(self.model.project, aspect)
        return ideas[int(place)] if place.isdigit() and int(place) < len(ideas) else {}

    def _add_button(self) -> QWidget:
        return widgets.button(
            self.tr("加进方案清单"), self.add_chosen, role="primary", icon="plus", keys="Enter"
        )

    def _show_empty(self, source: int) -> None:
        words = {
            _OFFERED: self.tr(
                "按现在的回答没有推荐的。换到「全部」找，或先把设备、用水、物料填上。"
            ),
            _OWN: self.tr(
                "还没有自己的方案。在「全部」或方案清单里做过的，可以存到这里，换一个客户也能用。"
            ),
            _IDEAS: self.tr("八个方面里还没有写「想到的办法」。"),
        }.get(source, self.tr("没有找到。换一个词，或写拼音首字母。"))
        card = widgets.Card(self.tr("这里是方案库"), icon="book")
        card.body.addWidget(widgets.label(words, wrap=True))
        if source == _OWN:
            card.body.addLayout(self._own_buttons(None))
        self.view.body.addWidget(card)

    def _show_option(self, option: LibraryOption, source: int) -> None:
        card = widgets.Card(option.title, icon="book", note=option.id)
        card.body.addWidget(widgets.label(option.text, wrap=True))
        project = self.model.project
        aspects = (
            {
                one.id: one.label
                for column in project.index.tables[TABLE].columns
                if column.id == "aspect"
                for one in column.options
            }
            if TABLE in project.index.tables
            else {}
        )
        pairs = [
            (self.tr("哪一方面"), aspects.get(option.aspect, option.aspect)),
            (
                self.tr("要不要花钱"),
                self.tr("无低费") if option.level == "low" else self.tr("中高费"),
            ),
            (self.tr("哪些行业"), "、".join(option.sectors) or "—"),
        ]
        if option.formula:
            stream = next((s.title for s in project.reference.streams if s.id == option.stream), "")
            pairs.append((self.tr("怎么算"), f"{stream}＝{option.formula}　{option.unit}"))
            for name, said in option.variables.items():
                quantity = project.derivation.quantities.get(option.bind.get(name, ""))
                known = self.tr("　从账单：{0}").format(quantity.title) if quantity else ""
                pairs.append((f"　{name}", f"{said}{known}"))
        if option.effect is not None:
            pairs.append((self.tr("别处的效果（不计入）"), claim_words(option.effect)))
        if option.evidence:
            pairs.append((self.tr("要的证明"), "、".join(option.evidence)))
        if option.caution:
            pairs.append((self.tr("小心"), option.caution))
        card.body.addWidget(facts(pairs))
        if source == _OWN:
            card.body.addLayout(self._own_buttons(option))
        else:
            card.body.addLayout(widgets.row(self._add_button(), None))
        self.view.body.addWidget(card)

    def _show_technology(self, chosen: str) -> None:
        library = self.model.options()
        one = next(one for one in library.technologies if one.id == chosen)
        card = widgets.Card(one.title, icon="book", note=one.id)
        card.body.addWidget(
            facts(
                [
                    (self.tr("行业和环节"), f"{one.sector}·{one.stage}"),
                    (self.tr("效果（来源原话）"), one.effect or self.tr("没有数字")),
                    (self.tr("费用（来源原话）"), one.cost or self.tr("没有数字")),
                    (self.tr("用在哪里"), one.site or "—"),
                    (self.tr("出处"), f"{one.origin}；{library.technology_source}"),
                ]
            )
        )
        card.body.addWidget(
            widgets.label(
                self.tr("只供参考：数字是来源的说法，没有核过，程序不拿它算。"), "note", wrap=True
            )
        )
        self.view.body.addWidget(card)

    def _own_buttons(self, option: LibraryOption | None) -> QHBoxLayout:
        buttons: list[QWidget | None] = []
        if option is not None:
            buttons += [
                self._add_button(),
                widgets.button(self.tr("从我的库里删掉"), self._forget, icon="trash"),
            ]
        buttons += [
            widgets.button(self.tr("存入这个案卷的方案"), self.keep_all, icon="plus"),
            widgets.button(self.tr("导入"), self._import, icon="folder"),
            widgets.button(self.tr("导出"), self._export, icon="export"),
            None,
        ]
        return widgets.row(*buttons)

    # -- acts

    def add_chosen(self) -> None:
        """Put the chosen entry into the table of measures, as one act."""
        chosen, source = chosen_id(self.view.list), self._source()
        project = self.model.project
        if not chosen or source == _TECHNOLOGIES or TABLE not in project.index.tables:
            return
        cells: Mapping[str, str]
        if source == _IDEAS:
            cells = self._idea(chosen)
        elif source == _OWN:
            cells = self.model.own_measures.cells(project, chosen)
        else:
            option = self._option()
            if option is None:
                return
            cells = cells_of(project, option)
        if not cells:
            return
        names = [
            project.book.text(cell_key(TABLE, row, "name")) for row in project.book.row_ids(TABLE)
        ]
        if cells["name"] in names:
            self.model.post(
                Message("info", self.tr("方案清单里已经有「{0}」").format(cells["name"]))
            )
            return
        row_id = self.model.session.new_row_id(TABLE)
        if self.model.do(add_measure(project, row_id, cells)):
            self.model.post(
                Message(
                    "ok",
                    self.tr("加进方案清单了：{0}").format(cells["name"]),
                    actions=(
                        Action(
                            self.tr("去填数"),
                            lambda: self.model.go_to("measures", cell_key(TABLE, row_id, "cost")),
                        ),
                    ),
                    of_last_act=True,
                )
            )

    def keep_all(self) -> None:
        """Keep the measures of this audit for other clients, without the firm's name or figures of its own."""
        self._try(lambda: self.model.own_measures.keep(self.model.project))

    def _forget(self) -> None:
        self._try(lambda: self.model.own_measures.forget(chosen_id(self.view.list)))

    def _export(self) -> None:
        kind = self.tr("方案 (*.json)")
        name = self.tr("我的方案.json")
        target = ask_target(self, self.tr("导出我的方案"), name, kind, ".json")
        if target is not None:
            self._try(lambda: self.model.own_measures.export(str(target)))

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("导入方案"), "", self.tr("方案 (*.json)")
        )
        if path:
            self._try(lambda: self.model.own_measures.bring_in(path))

    def _try(self, act: Callable[[], str]) -> None:
        try:
            self.model.post(Message("ok", act()))
        except UserError as error:
            self.model.post(as_message(error))
        self.refresh()

    # -- keyboard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down move in the list while the search has the focus."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            step = (event.key() == Qt.Key.Key_Down) - (event.key() == Qt.Key.Key_Up)
            if step and self.view.list.count():
                row = self.view.list.currentRow() + step
                self.view.list.setCurrentRow(min(max(row, 0), self.view.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def focus_start(self) -> bool:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def status_keys(self) -> str:
        return self.tr("打字找 · ↑↓ 挑 · Enter 加进方案清单")
