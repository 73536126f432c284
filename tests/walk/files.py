"""Files of clients and strangers, pasted, imported and opened in the real window: what it says of each.

    xvfb-run -a -s "-screen 0 1366x768x24" bash -c 'openbox & sleep 1; python -m tests.walk.files [FOLDER ...] [--out FILE] [--pictures FOLDER]'

Without folders: tests/forms/client_tables with what is right there, and tests/hostile_files. A folder's .cpaudit files are opened by
Ctrl+O, systems and packs brought in at the standards desk, other tables imported into the bills.
"""

import argparse
import collections
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from app.forms.question import RowsKind
from tests.helpers.cases import read_yaml
from tests.walk.window import same

TESTS = Path(__file__).resolve().parents[1]
TABLES = TESTS / "forms" / "client_tables"
_PATIENCE_S = 30.0
_TABULAR = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".tsv", ".txt")
_SYSTEMS = (".yaml", ".yml", ".json", ".cppack")


class Dialogs:
    """Types the wanted path into a file dialog; reads any other dialog and leaves it by Esc."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.said: list[str] = []
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(80)
        self._busy = False

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or self._busy:
            return
        self._busy = True
        try:
            if isinstance(dialog, QFileDialog):
                self._name(dialog)
            elif isinstance(dialog, QDialog):
                self.said.append(words(dialog))
                QTest.keyClick(dialog, Qt.Key.Key_Escape)
        finally:
            self._busy = False

    def _name(self, dialog: QFileDialog) -> None:
        path, self.path = self.path, None
        if path is None:
            dialog.reject()
            return
        (field,) = [f for f in dialog.findChildren(QLineEdit) if f.isVisible()][:1]
        field.setFocus()
        field.setText(str(path))
        QTest.keyClick(field, Qt.Key.Key_Return)


def words(widget: QWidget) -> str:
    """Everything that can be read in a widget, in one line."""
    texts = [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]
    texts += [one.toPlainText() for one in widget.findChildren(QPlainTextEdit) if one.isVisible()]
    for view in widget.findChildren(QListWidget):
        texts += [view.item(n).text() for n in range(min(view.count(), 6))]
    return re.sub(r"<[^>]+>|\s+", " ", " ".join(texts)).strip()


class Visit:
    """A window with an audit that has nothing in it but its year; each file is taken back before the next."""

    def __init__(self, pictures: Path | None) -> None:
        from app.bootstrap import build_services
        from app.forms.answer import AnswerBook, Given
        from app.ui.application import create_application
        from app.ui.main_window import MainWindow
        from app.ui.settings import load_settings
        from tests.helpers.walker import Walker

        settings = load_settings()
        create_application(settings)
        self.faults: list[str] = []
        sys.excepthook = lambda kind, error, trace: self.faults.append(
            "".join(traceback.format_exception(kind, error, trace))[-600:]
        )
        self.services = build_services()
        self.window = MainWindow(self.services, settings)
        self.window.showMaximized()
        self.window.start(None)
        self.walker = Walker(self.window, pictures)
        self.dialogs = Dialogs()
        answers = {
            "firm.name": "甲厂", "audit.base_year": "2025", "audit.questionnaire": "industry", "voc.used": "yes",
            "materials.has_toxic": "yes", "energy.has_meters": "yes", "process.list": "plating_zinc|plating_copper|plating_nickel", "product.has_others": "yes", "energy.by_month": "diesel|heat|lpg|gasoline",
        }  # fmt: skip
        home = Path(os.environ["CLEANAUDIT_HOME"]) / "甲厂"
        home.mkdir()
        book = AnswerBook({key: Given(text) for key, text in answers.items()})
        session = self.services.projects.create_audit(home, "甲厂 2025", book)
        self.path = session.path
        session.close()
        assert self.window.open_file(self.path)
        self.window.activateWindow()
        self.wait(QApplication.focusWidget)

    def wait(self, condition: Callable[[], object], seconds: float = _PATIENCE_S) -> bool:
        end = monotonic() + seconds
        while not condition():
            if monotonic() > end:
                return False
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 30)
            QTest.qWait(20)
        return True

    # -- a table

    def _preview(self) -> Any:
        from app.ui.tables.preview import PastePreview

        found = [p for p in self.window.findChildren(PastePreview) if p.isVisible()]
        return found[0] if found else None

    def bring(self, table: str, path: Path, text: str = "", at: Sequence[str] | None = None) -> str:
        """Paste the text, or import the file, into a table; "" once the preview stands there, else what is said."""
        self.dialogs.said.clear()
        self.walker.screen.messages.clear()
        self.window.settings.readings.clear()  # nothing remembered from the file before
        self.walker.reach(table)
        panel = self.walker.panel(table)
        if panel.table.rows is RowsKind.MONTHS:
            self.walker.year(2025)
        if at is not None:
            panel.view.setCurrentIndex(panel.answers.index_of(f"{table}/{at[0]}/{at[1]}"))
        if text:
            panel.view.setFocus()
            QApplication.clipboard().setText(text)
            QTest.keyClick(panel.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        else:
            self.dialogs.path = path
            tools = [
                b
                for b in self.walker.screen.findChildren(QAbstractButton)
                if b.isVisible() and "导入" in b.text() and _near(b, panel)
            ]
            self.walker.click(tools[0])
        self.wait(lambda: self._preview() is not None or self._said() or self.faults)
        if self._preview() is not None:
            return ""
        return self._said() or "nothing came"

    def _said(self) -> str:
        shown = [one.text for one in self.walker.screen.messages.messages]
        return "；".join((*self.dialogs.said, *(t for t in shown if not t.startswith("正在"))))

    def table(self, case: dict[str, Any], path: Path) -> tuple[str, str]:
        """(outcome, what was said) of one client's table, compared with what its case says is right."""
        before = self.walker.model.book
        text = ""
        if path.suffix in (".tsv", ".txt") and path.is_file():
            text = path.read_text("utf-8-sig")
        if "grid" in case:
            text = "\n".join("\t".join(c.strip() for c in r.split("|")) for r in case["grid"].split("\n"))  # fmt: skip
        said = self.bring(case["table"], path, text, case.get("at"))
        if said:
            return ("refused" if "refused" in case or not case.get("right") else "WRONG"), said
        if "refused" in case:
            QTest.keyClick(self._preview(), Qt.Key.Key_Escape)
            return "WRONG", "read although it should be refused"
        preview = self._preview()
        asked = [one.id for one in preview.plan.questions]
        said = words(preview)
        wrong = (
            [] if asked == case.get("asks", []) else [f"asks {asked}, not {case.get('asks', [])}"]
        )
        for doubt, answer in case.get("answers", {}).items():
            self._choose(preview, doubt, answer, wrong)
        outcome = "asked" if asked else "right"
        if preview.plan.ready and not wrong:
            preview.write_button.setFocus()
            QTest.keyClick(preview.write_button, Qt.Key.Key_Return)
            self.wait(lambda: self._preview() is None)
            wrong += self._compare(case)
            self.walker.picture(path.stem)
            QTest.keyClick(self.walker.screen, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            if not self.wait(lambda: same(self.walker.model.book, before), 5):
                wrong.append("Ctrl+Z does not bring it back")
        else:
            outcome = outcome if asked else "refused"
            if case.get("writes") and not asked:
                wrong.append("nothing can be written")
            preview.cancelled.emit()
        return ("WRONG" if wrong else outcome), "; ".join(wrong) or said[:160]

    def _choose(self, preview: Any, doubt: str, answer: str, wrong: list[str]) -> None:
        """Answer a question of the preview by its digit."""
        one = next((q for q in preview.plan.questions if q.id == doubt), None)
        if one is None:
            wrong.append(f"{doubt} is not asked")
            return
        if preview.plan.questions[0].id == doubt:
            place = [choice.key for choice in one.choices].index(answer)
            QTest.keyClick(preview.doubts, Qt.Key(int(Qt.Key.Key_1) + place))
            self.wait(lambda: doubt in preview.decisions, 3)
        if doubt not in preview.decisions:
            preview.doubts.answered.emit(doubt, answer)

    def _compare(self, case: dict[str, Any]) -> list[str]:
        book = self.walker.model.book
        table = case["table"]
        rows = {row: f"r{n}" for n, row in enumerate(book.row_ids(table), start=1)}
        found = {_in_order(k.split("/", 1)[1], rows): getattr(a, "text", "") for k, a in book.answers.items() if k.startswith(f"{table}/")}  # fmt: skip
        wrong = [f"{k} is {found.get(k)}, not {v}" for k, v in case.get("right", {}).items() if found.get(k) != v]  # fmt: skip
        if case.get("writes") and len(found) != case["writes"]:
            wrong.append(f"{len(found)} cells, not {case['writes']}")
        return wrong

    # -- anything else

    def stranger(self, path: Path) -> tuple[str, str]:
        """Open, import or bring in a file nobody vouches for: refused with words, or read; never a fault."""
        self.dialogs.said.clear()
        begun = monotonic()
        if path.suffix == ".cpaudit":
            outcome, said = self._open(path)
        elif path.suffix in _SYSTEMS or "sysxlsx" in path.parent.name:
            outcome, said = self._desk(path)
        elif path.suffix in _TABULAR:
            said = self.bring("energy.bills", path)
            outcome = "refused" if said else "read"
            if not said:
                said = words(self._preview())[:160]
                self._preview().cancelled.emit()
        else:
            return "not of the window", ""
        took = monotonic() - begun
        if self.faults:
            return "WRONG", self.faults.pop()
        if outcome == "refused" and not re.search("[\u4e00-\u9fff]{4}", said):
            return "WRONG", f"no words: {said}"
        if re.search(r"Traceback|Error\b|程序自己出了", said):
            return "WRONG", said
        return outcome, f"{took:.1f} s {said}"

    def _open(self, path: Path) -> tuple[str, str]:
        self.dialogs.path = path
        self.window.choose_file()
        self.wait(lambda: self.dialogs.said or self._holds(path), 8)
        if self._holds(path):
            QTest.qWait(300)
            said = "；".join(one.text for one in self.walker.screen.messages.messages)
            self.window.open_file(self.path)
            return "opened", said
        self.wait(lambda: self.window.model is not None, 2)
        if self.window.model is None:
            self.window.open_file(self.path)
        return ("refused" if self.dialogs.said else "WRONG"), "；".join(self.dialogs.said)

    def _holds(self, path: Path) -> bool:
        model = self.window.model
        return model is not None and model.session.path.name == path.name

    def _desk(self, path: Path) -> tuple[str, str]:
        from app.ui.standards.bring_in_screen import BringInScreen

        self.window.go_home()
        QTest.qWait(100)
        self.window.standards().systems()
        QTest.qWait(200)
        self.dialogs.path = path
        self.window.standards().choose_file()
        self.wait(lambda: self.dialogs.path is None, 10)
        QTest.qWait(300)
        screens = [s for s in self.window.findChildren(QWidget) if isinstance(s, BringInScreen) and s.isVisible()]  # fmt: skip
        said = words(screens[0]) if screens else words(self.window.centralWidget())
        said = "；".join((*self.dialogs.said, said))
        taken = bool(screens) and screens[0].preview is not None
        self.window.open_file(self.path)
        return ("read" if taken else "refused"), said[:300]


def _in_order(cell: str, rows: dict[str, str]) -> str:
    """「r13/name」 of the first row is 「r1/name」: ids go on counting after an undo."""
    row, _, column = cell.partition("/")
    return f"{rows.get(row, row)}/{column}"


def _near(tool: QWidget, panel: QWidget) -> bool:
    """The tool of this table's own card."""
    card = panel.parentWidget()
    while card is not None and not card.isAncestorOf(tool):
        card = card.parentWidget()
    return card is not None and len(card.findChildren(type(panel))) <= 2


def _cases(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in ("cases.yaml", "written_here.yaml"):
        if (folder / name).is_file():
            found += read_yaml(folder / name)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.walk.files", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args(arguments)
    home = tempfile.TemporaryDirectory(prefix="cleanaudit-walk-")
    os.environ["CLEANAUDIT_HOME"] = home.name
    visit = Visit(options.pictures)
    tally: collections.Counter[str] = collections.Counter()
    out = options.out.open("w", encoding="utf-8") if options.out else sys.stdout

    def tell(name: str, outcome: str, said: str) -> None:
        if visit.faults:
            outcome, said = "WRONG", visit.faults.pop()
        tally[outcome] += 1
        print(outcome, name, said.replace("\n", " ")[:400], sep="\t", file=out, flush=True)

    folders = options.folders or [TABLES, TESTS / "hostile_files"]
    for folder in folders:
        cases = _cases(folder)
        for case in cases:
            if re.search(options.only, case["file"]):
                try:
                    tell(case["file"], *visit.table(case, folder / case["file"]))
                except Exception as error:  # noqa: BLE001 - a walk goes on with the next file
                    tell(case["file"], "WRONG", f"the walk broke: {error!r}")
                    visit.window.open_file(visit.path)
        if cases:
            continue
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            if not re.search(options.only, path.name) or path.name == "README.md":
                continue
            copy = Path(home.name) / path.parent.name / path.name
            copy.parent.mkdir(exist_ok=True)
            for beside in path.parent.glob(f"{path.stem}*"):
                shutil.copyfile(beside, copy.parent / beside.name)
            try:
                tell(str(path.relative_to(folder)), *visit.stranger(copy))
            except Exception as error:  # noqa: BLE001 - a walk goes on with the next file
                tell(path.name, "WRONG", f"the walk broke: {error!r}")
                visit.window.open_file(visit.path)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(tally.items()))
    print(f"walked {sum(tally.values())}: {listed}", file=out, flush=True)
    visit.window.close()
    return 0 if not tally["WRONG"] else 1


if __name__ == "__main__":
    sys.exit(main())
