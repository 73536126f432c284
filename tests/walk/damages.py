"""Damages of tests/checkup, entered by keys in the real window; what the window makes of each."""
# ruff: noqa: SLF001 - a walk looks into the parts of the window

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.checkup.concern import Concern
from app.forms.answer import AnswerBook, Given
from tests.checkup.test_damages import TODAY, apart
from tests.helpers.cases import read_yaml
from tests.walk.window import Refused, Walker, raw_words

CHECKUP = Path(__file__).resolve().parents[1] / "checkup"


def cases_of(lists: list[Path]) -> list[dict[str, Any]]:
    """The damages of these lists, of all damages*.yaml when none is named."""
    return [
        case
        for path in lists or sorted(CHECKUP.glob("damages*.yaml"))
        for one in read_yaml(path)["cases"]
        for case in apart(one)
    ]


@dataclass
class Result:
    """outcome: seen | refused | not typable | WRONG. how: entered in which ways. said: the text of the first rule wanted."""

    name: str
    outcome: str = ""
    how: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    said: str = ""

    def line(self) -> str:
        how = "+".join(sorted(set(self.how)))
        return "\t".join((self.outcome, self.name, how, "; ".join(self.wrong), self.said))


class Walk:
    """One window for a whole list; each damage is undone before the next."""

    def __init__(self, folder: Path, pictures: Path | None = None) -> None:
        self.walker = Walker(TODAY)
        self._folder, self._pictures = folder, pictures
        self.walker.pictures = pictures
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
        self._open = ""
        self._clean: tuple[str, ...] = ()

    def close(self) -> None:
        self.walker.window.close()
        self.walker.services.close()

    def _file(self, sample: str) -> Path:
        projects = self.walker.services.projects
        folder = self._folder / sample
        if sample == "chengling":
            return projects.sample(folder)[1]
        if sample == "chengling-after":
            return projects.finished_sample(folder)
        if sample == "huichuan":
            return projects.printer_sample(folder)
        from tests.checkup.honest_firms import FIRMS, honest

        firm = next(one for one in FIRMS if one["name"] == sample)
        folder.mkdir(parents=True, exist_ok=True)
        book = honest(firm)
        answers = {**book.answers, "audit.questionnaire": Given(firm["set"])}
        session = projects.create_audit(folder, sample, AnswerBook(answers, book.rows))
        session.close()
        return session.path

    def use(self, sample: str) -> None:
        """Have this audit open, clean."""
        if self._open == sample:
            return
        folder = self._folder / sample
        if self.walker.window.model is not None:
            self.walker.window.close_audit()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.walker.open(self._file(sample))
        self._open = sample
        self._clean = self._signs()

    def _signs(self) -> tuple[str, ...]:
        return tuple(sorted(one.id for one in self.walker.concerns()))

    def damage(self, case: dict[str, Any]) -> Result:
        """Enter it, look at what is said and where it leads, take it back."""
        result = Result(case["name"])
        walker = self.walker
        self.use(case.get("sample") or case["firm"])
        walker.faults.clear()
        walker._log.seen.clear()
        before = walker.book
        refused: list[str] = []
        rows = self._enter(case, result, refused)
        self._put_back(case, before, result)
        walker.settle()
        self._look(case, rows, result)
        if self._pictures is not None:
            name = re.sub(r"\W+", "-", case["name"])
            walker.shot(self._pictures / f"{name}.png")
        if not walker.undo_to(before):
            result.wrong.append(f"Ctrl+Z does not bring it back: {_differing(walker.book, before)}")
            self._open = ""
        else:
            walker.settle()
            if self._signs() != self._clean:
                result.wrong.append("after Ctrl+Z concerns stay")
                self._open = ""
        result.wrong += walker.faults + walker._log.seen
        if refused and result.wrong and not walker.faults:
            result.wrong += refused
        if not result.wrong:
            result.outcome = "refused" if refused else "seen"
            result.said = "; ".join(refused) or result.said
        elif refused and all("not said" in one or one in refused for one in result.wrong):
            clear = all(re.search(r"[\u4e00-\u9fff]{4}", one) for one in refused)
            result.outcome = "refused" if clear else "not typable"
            result.said = "; ".join(refused)
        else:
            result.outcome = "WRONG"
        return result

    # -- entering

    def _enter(self, case: dict[str, Any], result: Result, refused: list[str]) -> dict[str, str]:
        """rows put in: their name in the case -> their id in the audit."""
        walker = self.walker
        rows: dict[str, str] = {}

        def tried(what: str, act: Any) -> None:
            try:
                how = act()
                result.how.append(how or what)
            except Refused as why:
                refused.append(f"{what}: {why}")

        for table in case.get("empty", ()):
            tried(f"emptied {table}", lambda table=table: walker.empty(table))
        for key in case.get("clear", ()):
            tried(f"cleared {key}", lambda key=key: walker.clear(key))
        for table, added in case.get("add", {}).items():
            for row, cells in added.items():
                try:
                    rows[f"{table}/{row}"] = f"{table}/{walker.add(table)}"
                    result.how.append("Insert")
                except Refused as why:
                    refused.append(f"row of {table}: {why}")
                    continue
                for column, text in cells.items():
                    key = f"{rows[f'{table}/{row}']}/{column}"
                    tried(key, lambda key=key, text=text: walker.enter(key, _typed(text)))
        for to, source in case.get("copy", {}).items():
            for key, answer in list(walker.book.answers.items()):
                if key.startswith(source) and (typed := getattr(answer, "text", "")):
                    place = to + key.removeprefix(source)
                    tried(place, lambda place=place, typed=typed: walker.enter(place, typed))
        for key, text in case.get("set", {}).items():
            if (isinstance(text, dict) and not text.get("value") and not _typed(text)) or _typed(
                text
            ) == "":
                tried(f"cleared {key}", lambda key=key: walker.clear(key))
            else:
                there = walker.book.get(key)
                if isinstance(there, Given) and there.note and there.text == _typed(text):
                    walker.clear(
                        key
                    )  # the same number without its note: typed over, the note stays
                tried(key, lambda key=key, text=text: walker.enter(key, _typed(text)))
        return rows

    def _put_back(self, case: dict[str, Any], before: AnswerBook, result: Result) -> None:
        """What the program wrote along into a second place is typed back there: the list wants the two to differ."""
        walker = self.walker
        meant = (*case.get("set", {}), *case.get("clear", ()), *case.get("empty", ()), *case.get("add", {}))  # fmt: skip
        copied = tuple(case.get("copy", {}))  # beginnings of keys: 「energy.bills/2024」
        for key, was in before.answers.items():
            now = walker.book.get(key)
            if not isinstance(was, Given) or not isinstance(now, Given) or not was.text:
                continue
            theirs = key.startswith(copied) or any(
                key == one or key.startswith(f"{one}/") for one in meant
            )
            if now.text != was.text and not theirs:
                walker.enter(key, was.text)
                result.how.append("put back")

    # -- looking

    def _look(self, case: dict[str, Any], rows: dict[str, str], result: Result) -> None:
        walker = self.walker
        found = walker.concerns()
        blocks, warnings = walker.badge()
        if blocks + warnings != len(found):
            result.wrong.append(f"the badge counts {blocks}+{warnings}, the list has {len(found)}")
        result.wrong += walker.looks()
        rules = {one.rule for one in found}
        result.wrong += [f"{rule} not said" for rule in case["rules"] if rule not in rules]
        wanted = self._wanted(case, rows, found)
        if not wanted:
            result.wrong.append("nothing new not said")
            return
        result.said = f"{wanted[0].severity.value} {walker.said(wanted[0])}"
        for one in found:
            result.wrong += self._words(one)
        self._walk(found, wanted, result)
        self._from_the_list(found, wanted[0], result)

    def _wanted(
        self, case: dict[str, Any], rows: dict[str, str], found: list[Concern]
    ) -> list[Concern]:
        """What this damage has to raise: its rules, and what is at its key."""
        key = case.get("key", "")
        for name, row in rows.items():
            key = key.replace(name, row)
        there = [
            o for o in found if key and any(k == key or k.startswith(f"{key}/") for k in o.keys)
        ]
        return there or [one for one in found if one.rule in case["rules"]]

    def _words(self, concern: Concern) -> list[str]:
        said = self.walker.said(concern)
        text = str(said)
        wrong = []
        raw = raw_words(text)
        if raw and raw not in str(self.walker.book.text(concern.key)):
            wrong.append(f"code in the text 「{raw}」: {text}")
        if not said.remedy and self.walker.check_up.data.rule(concern.rule).test != "elsewhere":
            wrong.append(f"no remedy: {text}")
        if not said.where and not re.search(r"[\u4e00-\u9fff]", said.what[:6]):
            wrong.append(f"no place: {text}")
        return wrong

    def _walk(self, found: list[Concern], wanted: list[Concern], result: Result) -> None:
        """F8 from the first page through everything."""
        walker = self.walker
        screen = walker.screen
        screen.go_to(screen.outline.places[0].page.id)
        screen._walked = ""
        walker.wait(30)
        ids = {one.id for one in wanted}
        for concern in [one for one in found if one.key][:8]:
            QTest.keyClick(QApplication.focusWidget() or screen, Qt.Key.Key_F8)
            if wrong := walker.arrived(concern):
                result.wrong.append(f"F8 {concern.rule}: {wrong}")
            elif concern.id in ids:
                result.wrong += [*walker.looks(), *self._told(concern)]
                ids.discard(concern.id)
        if len(found) <= 8 and ids:
            result.wrong.append(f"F8 never came to {sorted(ids)}")

    def _told(self, concern: Concern) -> list[str]:
        """The page says what is wrong at the place that F8 leads to."""
        what = self.walker.said(concern).what
        shown = [one.text for one in self.walker.screen.messages.messages]
        if concern.rule == "page" or any(what in text for text in shown):
            return []
        return [f"the page does not say {what}"]

    def _from_the_list(self, found: list[Concern], concern: Concern, result: Result) -> None:
        """The report page: the row is there, 去改 leads to the place."""
        walker = self.walker
        walker.screen.go_to_report()
        walker.wait(60)
        what = walker.said(concern).what
        page = walker.page()
        links = [
            b
            for b in page.findChildren(QAbstractButton)
            if b.accessibleName().startswith("去改") and what in b.accessibleName()
        ]
        if not links:
            if found.index(concern) < 60 and concern.key:
                result.wrong.append("the list of the report page has no 去改 for it")
            return
        result.wrong += walker.looks()
        at = found.index(concern)
        same_words = [one for one in found if walker.said(one).what == walker.said(concern).what]
        link = links[min(same_words.index(concern), len(links) - 1)]
        link.click()
        if wrong := walker.arrived(concern):
            result.wrong.append(f"去改 {concern.rule} ({at}): {wrong}")
        result.wrong += self._told(concern)


def _typed(text: Any) -> str:
    """What a person types for an answer of the case."""
    if isinstance(text, dict):
        raw = str(text.get("raw", ""))
        note = str(text.get("note", ""))
        return raw or (f"{text['value']}（{note}）" if note else str(text["value"]))
    return str(text)


def _differing(one: AnswerBook, other: AnswerBook) -> list[str]:
    keys = {*one.answers, *other.answers}
    found = [k for k in keys if one.answers.get(k) != other.answers.get(k)]
    return sorted(
        [*found, *(t for t in {*one.rows, *other.rows} if one.rows.get(t) != other.rows.get(t))]
    )[:6]
