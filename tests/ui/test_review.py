"""A reviewer reads a sealed report and notes opinions; the consultant takes them in, answers, and gets the table of replies."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.audit.review import Reply, opinions
from app.errors import UserError
from app.forms.answer import MISSING, Change, Given
from app.papers.places import Kind
from app.services import review
from app.services.editions import record_edition
from app.services.reporting import write_report
from app.services.services import Services
from app.ui.main_window import MainWindow
from app.ui.pages.review_replies import RepliesScreen
from app.ui.review_copy import ReviewCopyScreen
from tests.ui.test_audit_screen import nameless
from tests.ui.test_main_window import catalogue_is_built, open_window, services

__all__ = ["catalogue_is_built", "open_window", "services"]

_DAY = date(2026, 11, 29)
_NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def _picture(widget: QWidget, name: str) -> None:
    if os.environ.get("CLEANAUDIT_PICTURES"):
        widget.grab().save(str(Path(os.environ["CLEANAUDIT_PICTURES"]) / f"{name}.png"))


def test_from_the_reviewers_note_to_the_table_of_replies(
    qtbot: QtBot, services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    audit = services.projects.finished_sample(tmp_path)
    project, assessment = services.projects.load(audit)
    report = tmp_path / "送审稿.pdf"
    write_report(project, assessment, report, state="送审稿", today=_DAY)
    window = open_window()
    window.resize(1366, 728)
    window.settings.user_name = "专家乙"
    before = report.read_bytes()

    window.review.read(report)
    qtbot.waitUntil(lambda: isinstance(window.review.screen, ReviewCopyScreen), timeout=90_000)
    copy = window.review.screen
    assert isinstance(copy, ReviewCopyScreen)
    assert nameless(copy) == []
    places = copy.places
    assert len(places) > 300
    assert set(copy.report.pages) == set(places)
    table = next(one for one in places.values() if one.kind is Kind.ROW and "综合能耗" in one.words)
    prose = next(
        one for one in places.values() if one.where.endswith("结论") and len(one.words) > 40
    )
    for place, words in ((table, "综合能耗怎么算的，请写明"), (prose, "结论请和表一致")):
        copy.choose(place.id)
        assert place.where in copy.where.text()
        copy.edit.setPlainText(words)
        copy.keep()
    copy.about_whole()
    copy.edit.setPlainText("版本字样改成「报批稿」")
    copy.keep()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    _picture(window, "review-copy")
    assert copy.list.count() == 3
    notes = next(tmp_path.glob("*.cpreview"))
    assert "专家乙" in notes.name
    assert report.read_bytes() == before
    window.review.leave()

    window.open_file(audit)
    assert window.model is not None
    record_edition(window.model.session, copy.notes.edition, "送审稿", _DAY)
    window.review.take(notes)
    replies = window.review.screen
    assert isinstance(replies, RepliesScreen)
    assert nameless(replies) == []
    qtbot.waitUntil(lambda: replies.places is not None)
    assert [one.state for one in opinions(window.model.book)] == [Reply.OPEN] * 3
    assert "还没有改动" in replies.change.toPlainText()
    replies.finish()
    assert "还没写" in replies.said.text()
    replies.reply.setPlainText("能耗折算见附录，已核对")
    replies.step(1)  # what was typed is kept before the next one is shown
    assert opinions(window.model.book)[0].state is Reply.DOING
    replies.step(-1)
    replies.finish()
    window.model.record([Change("energy.bills/2025-03/electricity", MISSING, Given("1"))], "改数")
    replies.reply.setPlainText("不改：表 4 的口径不同")
    replies.mark_declined()
    assert [one.state for one in opinions(window.model.book)] == [
        Reply.DONE, Reply.DECLINED, Reply.OPEN,
    ]  # fmt: skip
    qtbot.waitUntil(lambda: not window.tasks.busy)
    replies.list.setCurrentRow(0)
    assert "还没有改动" not in replies.change.toPlainText()
    _picture(window, "review-replies")
    window.model.undo()
    assert opinions(window.model.book)[1].state is Reply.OPEN
    window.model.redo()

    target = tmp_path / "修改对照表.docx"
    window.review.write_table(target)
    qtbot.waitUntil(target.exists, timeout=60_000)
    rows = [[cell.text for cell in row.cells] for row in docx.Document(str(target)).tables[0].rows]
    assert rows[0] == ["序号", "审阅意见", "修改前", "修改后", "修改说明", "页码"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3"]
    assert "综合能耗怎么算的" in rows[1][1]
    assert "专家乙" in rows[1][1]
    assert rows[1][4] == "能耗折算见附录，已核对"
    assert rows[2][4].startswith("不采纳：")
    assert rows[3][2] == "对全文的意见"
    assert rows[1][5] not in ("", "—")
    review.write_replies(
        window.model.project, window.model.assessment, tmp_path / "表.pdf", now=_NOW
    )
    window.review.take(notes)
    assert len(opinions(window.model.book)) == 3


def test_a_report_for_acceptance_is_reviewed_by_its_own_places(
    services: Services, tmp_path: Path
) -> None:
    audit = services.projects.finished_sample(tmp_path)
    project, assessment = services.projects.load(audit)
    report = tmp_path / "验收.pdf"
    write_report(project, assessment, report, state="送审稿", today=_DAY, purpose="验收")
    copy = review.open_copy(report, services.projects.cases)
    assert copy.verdict.same
    assert copy.purpose == "验收"
    assert set(copy.pages) == {one.id for one in copy.places}
    session = services.projects.open_audit(audit)
    place = next(one for one in copy.places if "否决" in one.words)
    notes = review.Notes("QS", "", "专家甲", (review.new_note("补依据", _DAY, place),), "验收")
    review.take_in(session, review.plan_notes(session, notes).new)
    places = review.places_now(session.project, session.assessment, _DAY)
    (opinion,) = opinions(session.book)
    session.close()
    assert list(places) == ["验收"]
    now = review.place_now(opinion, places)
    assert now is not None
    assert now.id == place.id


def test_opinions_change_no_number_of_an_edition(services: Services, tmp_path: Path) -> None:
    from app.papers.edition import edition_number, package_of

    session = services.projects.open_audit(services.projects.sample(tmp_path)[1])
    before = edition_number(
        package_of(session.project, session.assessment, state="送审稿", day=_DAY)
    )
    new = review.plan_typed(session, "1、产量从哪里来\n请写明依据\n2．培训少一次", "专家甲", _DAY)
    assert [one.text for one in new] == ["产量从哪里来请写明依据", "培训少一次"]
    review.take_in(session, new)
    after = edition_number(
        package_of(session.project, session.assessment, state="送审稿", day=_DAY)
    )
    session.close()
    assert before == after
    kept = services.projects.anonymous_copy(tmp_path / session.path.name, tmp_path / "匿名.cpaudit")
    assert opinions(services.projects.load(kept)[0].book) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "读不懂"),
        ("[]", "读不懂"),
        ('{"format":"cleanaudit-review/9","notes":[]}', "读不懂"),
        (
            '{"format":"cleanaudit-review/1","edition":"","firm":"","author":"甲","notes":[1]}',
            "读不懂",
        ),
        (
            '{"format":"cleanaudit-review/1","edition":"","firm":"","author":"甲","notes":[{"id":"../../a","text":"x",'
            '"day":"2026-01-01","place":"","where":"","before":"","page":""}]}',
            "读不懂",
        ),
        (
            '{"format":"cleanaudit-review/1","edition":"","firm":"","author":"甲","notes":[],"purpose":"别的"}',
            "读不懂",
        ),
        (
            '{"format":"cleanaudit-review/1","edition":"","firm":"\\ud800","author":"甲","notes":[],"purpose":"审核"}',
            "读不懂",
        ),
        ("[" * 100_000, "读不懂"),
    ],
)
def test_a_file_that_is_no_notes_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "意见.cpreview"
    file.write_text(text, "utf-8")
    with pytest.raises(UserError, match=said):
        review.read_notes(file)


def test_pasted_lines_without_numbers_are_one_opinion_each(
    services: Services, tmp_path: Path
) -> None:
    session = services.projects.open_audit(services.projects.sample(tmp_path)[1])
    new = review.plan_typed(session, "产量从哪里来\n\n培训少一次", "", _DAY)
    session.close()
    assert [one.text for one in new] == ["产量从哪里来", "培训少一次"]
