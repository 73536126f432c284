"""Scoring cases answered in the real window: what its page says beside `cleanaudit score` of the case and of the audit.

    xvfb-run -a -s "-screen 0 1366x768x24" bash -c 'openbox & sleep 1; python -m tests.walk.scores [CASE.yaml or FOLDER ...] [--only WORDS] [--out FILE] [--pictures FOLDER]'

Without arguments: tests/cases. A system of the case's own is brought in at the standards desk; the audit takes it at 换体系; rows are reached
by arrows, numbers typed, levels pressed, 不适用 given with its reason, tables ticked, outputs and corrections typed in the panel.
right = the window shows the level, the indexes or points, every row's word and every warning that the command prints, and the audit
file itself scores the same; refused = the window does not take an answer, and says why in words.
"""
# ruff: noqa: SLF001 - a walk looks into the parts of the window

import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import Indicator, IndicatorKind, Level
from app.assessment.numbers import brief, parse_exact
from app.assessment.scorable import for_comparison_only
from app.forms.answer import AnswerBook, Given
from app.standards.case_source import Case, read_case
from tests.helpers.resource_systems import ResourceSystems
from tests.helpers.typing import press, type_text
from tests.walk.files import Visit

CASES = Path(__file__).resolve().parents[1] / "cases"
_DIGITS = {Level.I: "1", Level.II: "2", Level.III: "3", Level.NONE: "0"}
_SYMBOLS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ"}
_FILTERS = ("全部", "不适用")
_TOLERANCE = Fraction(1, 100)  # of what is shown with two decimals


class Scores(Visit):
    """asked: what the window asked about before it took a number; the case's number was confirmed."""

    asked: list[str]
    refused: list[str]

    def case(self, path: Path) -> tuple[str, str]:
        """(outcome, what was said) of one case."""
        self.asked, self.refused = [], []
        case = read_case(path, ResourceSystems())
        command = scored(path)
        if isinstance(command, str):
            return "WRONG", command
        file = self._new_audit(path.stem)
        self._adopt(case, path)
        page = self.walker.screen.page_widget("benchmark")
        self._choose_tables(case)
        rows = {row.id: row for row in case.system.table(case.table_id).indicators()}
        findings = {**case.findings, **_not_theirs(case)}
        for row in rows.values():  # in the order of the page, as a person goes down it
            self._give(page, row, findings.get(row.id, Missing()))
            self._inputs(page, row, case)
        self.wait(lambda: False, 0.2)
        wrong: list[str] = []
        only = for_comparison_only(case.system)
        if only:  # the command works the case out and warns; an audit by such a copy has no index and no level, anywhere
            if command["level"] is not None and not _compares(command):
                wrong.append(f"score does not say 只作对照: {command['warnings']}")
            command = {**command, "level": None, "level_range": None, "index_range": {}, "scores": {}, "warnings": []}  # fmt: skip
        if not self.refused:
            wrong += differences(page, command, rows)
        self.walker.picture(path.parent.name + "-" + path.stem)
        self.window.close_audit()
        if not self.refused:
            wrong += _same_file(scored(file), command)
        if self.faults:
            wrong.append(self.faults.pop())
        said = "只作对照" if only else said_in_short(command)
        if self.asked:
            said += f"  asked: {'; '.join(self.asked)}"
        if wrong:
            return "WRONG", "; ".join(wrong)
        if self.refused:
            return "refused", "; ".join(self.refused)
        return "right", said

    # -- the audit and its system

    def _new_audit(self, name: str) -> Path:
        home = Path(os.environ["CLEANAUDIT_HOME"]) / "cases" / f"{name}-{os.urandom(3).hex()}"
        home.mkdir(parents=True)
        answers = {"firm.name": "甲厂", "audit.base_year": "2025", "audit.questionnaire": "industry"}  # fmt: skip
        book = AnswerBook({key: Given(text) for key, text in answers.items()})
        session = self.services.projects.create_audit(home, name, book)
        session.close()
        assert self.window.open_file(session.path)
        self.window.activateWindow()
        self.wait(QApplication.focusWidget)
        return session.path

    def _adopt(self, case: Case, path: Path) -> None:
        from app.ui.standards.bring_in_screen import BringInScreen
        from app.ui.standards.editions_screen import EditionsScreen

        text = next(
            line for line in path.read_text("utf-8").splitlines() if line.startswith("system:")
        )
        named = text.removeprefix("system:").strip()
        if named.endswith(".yaml"):
            self.window.standards().systems()
            self.wait(lambda: self.window.standards().current is not None)
            self.dialogs.path = path.parent / named
            self.window.standards().choose_file()
            self.wait(lambda: self.dialogs.path is None, 10)
            (desk,) = _seen(self.window, BringInScreen)
            if not desk.take_button.isEnabled():
                raise AssertionError(f"the system is not taken in: {desk.problems.rowCount()}")
            if not desk.by.text():
                desk.by.setFocus()
                type_text("李工")
            self.walker.click(desk.take_button)
            self.wait(lambda: not _seen(self.window, BringInScreen))
            self.window.standards().leave()
        self.walker.screen.go_to("benchmark")
        self.wait(lambda: False, 0.1)
        self.walker.push("换体系或版本对照", self.window)
        self.wait(lambda: _seen(self.window, EditionsScreen))
        (screen,) = _seen(self.window, EditionsScreen)
        screen.search.setFocus()
        type_text(case.system.document_no)
        part = case.system.parts(case.table_id)[0].id
        choices = [tuple(screen.choice.itemData(n) or ()) for n in range(screen.choice.count())]
        wanted = next(n for n, one in enumerate(choices) if one and one[0] == case.system.id and part in one[1].split("+"))  # fmt: skip
        screen.choice.setFocus()
        for _ in range(len(choices)):
            if screen.choice.currentIndex() == wanted:
                break
            press(Qt.Key.Key_Down if screen.choice.currentIndex() < wanted else Qt.Key.Key_Up)
        self.walker.click(screen.adopt_button)
        self.wait(lambda: not _seen(self.window, EditionsScreen))
        self.walker.screen.go_to("benchmark")
        self.wait(lambda: False, 0.1)

    def _choose_tables(self, case: Case) -> None:
        page: Any = self.walker.screen.page_widget("benchmark")
        panel = page.tables
        parts = {one.id for one in case.system.parts(case.table_id)}
        if not panel.isVisible():
            return
        if not next(iter(panel.ticks.values())).isVisible():
            self.walker.click(panel.toggle)
        for name in [*panel.ticks]:
            if panel.ticks[name].isChecked() != (name in parts):
                tick = panel.ticks[name]
                self.walker.click(
                    tick, QPoint(12, tick.height() // 2)
                )  # on the box, not beside its words
        for name, weight in case.inputs.table_weights.items():
            panel.weights[name].setFocus()
            press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            type_text(brief(weight))
            press(Qt.Key.Key_Tab)
        self.wait(lambda: False, 0.1)

    # -- a row

    def _give(self, page: Any, row: Indicator, finding: Finding) -> None:
        if isinstance(finding, Missing):
            return
        self._reach(page, row)
        match finding:
            case NotApplicable(reason=reason):
                # The window asks for a sentence that can be printed; some cases have but a word.
                self._not_applicable(page, row, reason if len(reason) >= 4 else f"{row.name}：{reason}")  # fmt: skip
            case Reached(level=level):
                page.table.setFocus()
                press(getattr(Qt.Key, f"Key_{_DIGITS[level]}"))
            case Measured(value=value) if row.kind is IndicatorKind.QUALITATIVE:
                self._award(page, row, value)
            case Measured(value=value):
                self._measured(page, row, value)
        self.wait(lambda: False, 0.03)

    def _reach(self, page: Any, row: Indicator) -> None:
        page.table.setFocus()
        for _ in range(200):
            if page._panel.indicator_id == row.id:
                return
            at, wanted = page.table.currentIndex().row(), page.rows.row_of(row.id)
            press(Qt.Key.Key_Down if at < wanted else Qt.Key.Key_Up)
        raise AssertionError(f"arrows do not lead to {row.id}")

    def _into_panel(self, page: Any) -> None:
        page.table.setFocus()
        press(Qt.Key.Key_Return)
        self.wait(lambda: page._panel.isAncestorOf(QApplication.focusWidget()), 3)

    def _measured(self, page: Any, row: Indicator, value: Fraction) -> None:
        if page.model.project.quantity_of(row.id):
            self._over(page, row, value)
            return
        self._into_panel(page)
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        type_text(typed(value))
        press(Qt.Key.Key_Return)
        self._sure(page, row)

    def _over(self, page: Any, row: Indicator, value: Fraction) -> None:
        """A value that the program works out is typed over, with a reason."""
        panel = page._panel
        self._into_panel(page)
        self.walker.push("不用算的，手改", panel)
        self.wait(lambda: False, 0.05)
        type_text(typed(value))
        self._line(panel, "手改的原因").setFocus()
        type_text("照算例填的数")
        self.walker.push("就用这个数", panel)
        self._sure(page, row)

    def _award(self, page: Any, row: Indicator, value: Fraction) -> None:
        """Points the auditor gives: one of the steps, or a part typed in."""
        panel = page._panel
        self._into_panel(page)
        words = f"{brief(value)} 分"
        choices = [b for b in panel.findChildren(QAbstractButton) if b.isVisible() and (b.text() == words or b.text().endswith(f"，{words}"))]  # fmt: skip
        if choices:
            self.walker.click(choices[0])
            return
        line = self._line(panel, "，得分")
        line.setFocus()
        press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        type_text(typed(value))
        press(Qt.Key.Key_Return)
        self._sure(page, row)

    def _not_applicable(self, page: Any, row: Indicator, reason: str) -> None:
        panel = page._panel
        self._into_panel(page)
        line = self._line(panel, "不适用的原因")
        line.setFocus()
        type_text(reason)
        self.walker.push("不适用", panel)
        self.wait(lambda: False, 0.05)
        answer = page.model.book.get(page.model.project.indicator_key(row.id))
        if not isinstance(answer, NotApplicable):
            said = [one.text() for one in _seen(panel, QLabel) if one.property("tone") == "error"]
            self.refused.append(f"{row.name}: {' '.join(said)}")

    def _sure(self, page: Any, row: Indicator) -> None:
        """What the window asks about a number is answered by 没填错; anything else that it says is a refusal."""
        self.wait(lambda: False, 0.05)
        panel = page._panel
        said = " ".join(
            one.text()
            for one in _seen(panel, QLabel)
            if one.property("tone") == "error" and one.text()
        )
        links = [b for b in panel.findChildren(QAbstractButton) if b.isVisible() and b.text().startswith(("没填错", "就是 "))]  # fmt: skip
        if links:
            self.asked.append(f"{row.name}: {said}")
            self.walker.click(links[0])
            self.wait(lambda: False, 0.05)
        elif said:
            self.refused.append(f"{row.name}: {said}")

    def _inputs(self, page: Any, row: Indicator, case: Case) -> None:
        """Corrections, variables and the yearly output in the panel of the row that hangs on them."""
        meanings = {one.id: one.meaning for one in case.system.variables}
        wanted: dict[str, Fraction] = {}
        for name in row.variables:
            if name in case.inputs.variables:
                wanted[meanings.get(name, name)] = case.inputs.variables[name]
        for modifier in row.modifiers:
            if modifier.input in case.inputs.variables:
                wanted[modifier.meaning] = case.inputs.variables[modifier.input]
        for phase in case.system.method.phase_weights:
            if phase in case.inputs.variables:
                wanted[f"{phase}阶段的得分"] = case.inputs.variables[phase]
        if row.share is not None and row.id in case.inputs.outputs:
            wanted["这种产品的年产量"] = case.inputs.outputs[row.id]
        for name, value in wanted.items():
            self._reach(page, row)
            self._into_panel(page)
            line = self._line(page._panel, name)
            if line.text() == typed(value):
                continue
            page._panel.ensureWidgetVisible(line)
            line.setFocus()
            press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            type_text(typed(value))
            press(Qt.Key.Key_Return)
            self._sure(page, row)

    @staticmethod
    def _line(panel: QWidget, name: str) -> QLineEdit:
        found: list[QLineEdit] = [one for one in _seen(panel, QLineEdit) if name in one.accessibleName() and "试一个数" not in one.accessibleName()]  # fmt: skip
        assert found, f"no field 「{name}」 in the panel"
        return found[0]


def _not_theirs(case: Case) -> dict[str, Finding]:
    """Rows of weight groups that the case says the firm has not: 不适用, as the window takes it."""
    found: dict[str, Finding] = {}
    for row in case.system.table(case.table_id).indicators():
        group = "" if row.share is None else row.share.group
        has = case.inputs.applicable.get(group)
        if has is not None and row.id not in has:
            found[row.id] = NotApplicable("企业没有这一种")
    return found


def typed(value: Fraction) -> str:
    """The number as a person types it; what has no end in decimals is cut after twelve places."""
    top, bottom = value.as_integer_ratio()
    for two_and_five in (2, 5):
        while bottom % two_and_five == 0:
            bottom //= two_and_five
    if bottom == 1:
        places = 0
        while (value * 10**places).denominator != 1:
            places += 1
    else:
        places = 12
    whole = abs(top) * 10**places // value.denominator
    digits = str(whole).rjust(places + 1, "0")
    text = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{text}" if value < 0 else text


def scored(path: Path) -> dict[str, Any] | str:
    """What `cleanaudit score` prints; its words where it refuses."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "score", str(path), "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        return f"score {path.name}: {done.stdout} {done.stderr}"[-400:]
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _same_file(audit: dict[str, Any] | str, case: dict[str, Any]) -> list[str]:
    """The audit that was filled in the window scores as the case does."""
    if isinstance(audit, str):
        return [audit]
    wrong = [
        f"the audit's {name}: {audit[name]}, not {case[name]}"
        for name in ("level", "level_range", "limiting_failed", "missing_inputs")
        if audit.get(name) != case.get(name)
    ]
    for name in ("index_range", "scores"):
        for key, ends in case.get(name, {}).items():
            for one, other in zip(audit[name][key], ends, strict=True):
                close = one == other or (one and other and abs(parse_exact(one) - parse_exact(other)) < _TOLERANCE)  # fmt: skip
                if not close:
                    wrong.append(f"the audit's {name} {key}: {one}, not {other}")
    return wrong


def _compares(command: dict[str, Any]) -> bool:
    return any("只作对照" in text for text in command["warnings"])


def said_in_short(command: dict[str, Any]) -> str:
    parts = [f"level {command['level']} of {command['level_range']}"]
    parts += [f"Y{key} {'..'.join(ends)}" for key, ends in command["index_range"].items()]
    parts += [f"{key} {ends}" for key, ends in command.get("scores", {}).items()]
    parts += [f"{one['id']}: {one['level']}" for one in command.get("quota", ())]
    return ", ".join(parts)


def differences(page: Any, command: dict[str, Any], rows: dict[str, Indicator]) -> list[str]:
    """What the benchmark page shows otherwise than the command prints."""
    wrong: list[str] = []
    card = page.result
    words = " ".join(one.text() for one in _seen(page, QLabel))
    if card.isVisible():
        wrong += _level(card, command)
    elif command["level"] is not None:
        wrong.append(f"no level beside {command['level']}")
    spoken = card._range.accessibleName() if card._range.isVisible() else ""
    shown = {symbol: ends for symbol, *ends in re.findall(r"Y(\S+) ([\d.]+)(?: ~ ([\d.]+))?，", spoken)}  # fmt: skip
    for level, (low, high) in command["index_range"].items():
        if _SYMBOLS[level] not in shown:
            wrong.append(f"Y{level} is not shown")
            continue
        first, second = shown[_SYMBOLS[level]]
        wrong += _near(f"Y{level}", first, low) + _near(f"Y{level}", second or first, high)
    for name, (low, high) in command.get("scores", {}).items():
        number = r"([\d.]+)(?:～([\d.]+)| (以上))?"
        found = re.search(rf"(?:^|\s){_score_word(name)} {number}", words)
        if found is None:
            wrong.append(f"{name} is not shown: {words[:200]}")
            continue
        wrong += _near(name, found[1], low)
        if high is not None:
            wrong += _near(name, found[2] or found[1], high)
        elif not found[3]:
            wrong.append(f"{name} has an end in the window")
    quota = {one["id"]: one for one in command.get("quota", ())}
    for name in _FILTERS:  # rows that do not apply stand under a heading of their own
        _show_only(page, name)
        for one in command["indicators"]:
            if (one["state"] == "not_applicable") == (name == "不适用"):
                wrong += _row(page, rows[one["id"]], one, quota.get(one["id"]))
    _show_only(page, _FILTERS[0])
    links = {one.text() for one in _seen(page, QAbstractButton)}
    for text in command["warnings"]:
        blank = re.match(
            r"「(.+)」没填", text
        )  # of an energy quota: asked for by name, above the table
        if text not in words and not (blank and blank[1] in links):
            wrong.append(f"not said: {text}")
    if command.get("outcome"):
        counts = command["outcome"]
        part = f"，得部分分 {counts['partly']} 项" if counts["partly"] else ""
        text = f"达到 {counts['met']} 项，没达到 {counts['missed']} 项{part}，还没定 {counts['open']} 项"
        if text not in words:
            wrong.append(f"not said: {text}")
    return wrong


def _level(card: Any, command: dict[str, Any]) -> list[str]:
    if command["level_range"] is None:
        return [] if not card._level.isVisible() else ["a level where the document gives none"]
    name = command["level"]
    word = {None: "未定", "none": "未达 Ⅲ"}.get(name) or f"{_SYMBOLS[name]} 级"
    wrong = [] if card._level.chip.text == word else [f"{card._level.chip.text}, not {word}"]
    if name is None:
        from app.ui.chips import ChipLabel

        between = [one.chip.text for one in card.findChildren(ChipLabel) if one.isVisible() and one is not card._level]  # fmt: skip
        wanted = ["未达 Ⅲ" if one == "none" else f"{_SYMBOLS[one]} 级" for one in command["level_range"]]  # fmt: skip
        if between != wanted:
            wrong.append(f"between {between}, not {wanted}")
    return wrong


def _near(name: str, shown: str, exact: str) -> list[str]:
    near = abs(parse_exact(shown) - parse_exact(exact)) < _TOLERANCE
    return [] if near else [f"{name} shows {shown}, not {exact}"]


def _score_word(name: str) -> str:
    from app.audit.wording import score_name

    return re.escape(score_name(name))


def _show_only(page: Any, name: str) -> None:
    (tool,) = [one for one in _seen(page, QAbstractButton) if re.match(rf"{name} \d", one.text())]
    QTest.mouseClick(tool, Qt.MouseButton.LeftButton)


def _row(
    page: Any, row: Indicator, judged: dict[str, Any], quota: dict[str, Any] | None
) -> list[str]:
    from app.ui.results.indicator_table import Column, IndicatorModel

    at = page.rows.row_of(row.id)
    if at < 0:
        return [f"{row.name} has no row ({judged['state']})"]
    index = page.rows.index(at, Column.REACHED)
    word = index.data(IndicatorModel.CHIP).text
    state = judged["state"]
    if state == "missing":
        wanted = {"未填"}
    elif state == "not_applicable":
        wanted = {"不适用"}
    elif quota is not None:
        level = quota["level"]
        wanted = {
            {"I": "1 级", "II": "2 级", "III": "3 级", "none": "超 3 级"}.get(level, "不能判定")
        }
    elif state == "unjudgeable":
        wanted = {word} if "级" not in word and "达到" not in word else set()
    else:
        level = judged["reached"]
        wanted = {f"{_SYMBOLS.get(level, '')} 级"}
        if level == "none":
            wanted = {"未达 Ⅲ", "没达到", *({"已填"} if row.item_class else ())}  # 0 points
        elif level is None:
            wanted = {"已填", "未定"}
        elif level == "I":
            wanted |= {"达到"}
        else:
            wanted |= {"达到", "没达到"} if len(row.benchmarks) == 1 else set()
    return [] if word in wanted else [f"{row.name}: 「{word}」, not {sorted(wanted)}"]


def _seen(root: QWidget, kind: type) -> list[Any]:
    found: list[Any] = root.findChildren(kind)
    return [one for one in found if one.isVisible()]


def _files(places: Sequence[Path]) -> Iterator[Path]:
    """Cases of files and folders: those that name a system and give findings."""
    for place in places:
        found = sorted(place.rglob("*.yaml")) if place.is_dir() else [place]
        for path in found:
            text = path.read_text("utf-8")
            if re.search(r"^system:", text, re.M) and re.search(r"^findings:", text, re.M):
                yield path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.walk.scores", description=__doc__)
    parser.add_argument("cases", nargs="*", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args(arguments)
    home = tempfile.TemporaryDirectory(prefix="cleanaudit-walk-")
    os.environ["CLEANAUDIT_HOME"] = home.name
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    visit = Scores(options.pictures)
    tally: collections.Counter[str] = collections.Counter()
    out = options.out.open("w", encoding="utf-8") if options.out else sys.stdout
    for path in _files(options.cases or [CASES]):
        if not re.search(options.only, str(path)):
            continue
        try:
            outcome, said = visit.case(path)
        except Exception as error:  # noqa: BLE001 - a walk goes on with the next case
            outcome, said = "WRONG", f"the walk broke: {error!r}"
            visit.walker.picture(f"broke-{path.stem}")
            if visit.window.model is not None:
                visit.window.close_audit()
        tally[outcome] += 1
        name = path.stem if path.stem != "case" else path.parent.name
        print(outcome, name, said.replace("\n", " ")[:600], sep="\t", file=out, flush=True)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(tally.items()))
    print(f"walked {sum(tally.values())}: {listed}", file=out, flush=True)
    visit.window.close()
    QTest.qWait(50)
    return 0 if not tally["WRONG"] else 1


if __name__ == "__main__":
    sys.exit(main())
