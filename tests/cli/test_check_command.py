"""`cleanaudit check`: the list as JSON and for people, its exit codes, and the gate before a paper for review."""

import json
from pathlib import Path

import pytest

from app import clock
from app.__main__ import main
from app.bootstrap import build_services
from app.forms.answer import Change, Given
from app.reports.read_back import text_of
from app.services.check_up import concerns_of, give_reason
from app.services.session import ImmediateExecutor


@pytest.fixture
def audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["sample", str(tmp_path)]) == 0
    capsys.readouterr()
    return next(tmp_path.glob("绘川*.cpaudit"))


def change(audit: Path, key: str, text: str) -> None:
    session = build_services(ImmediateExecutor()).projects.open_audit(audit)
    session.record([Change(key, session.book.get(key), Given(text))], "改")
    session.close()


def test_a_good_audit_has_nothing_that_blocks(
    audit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(audit), "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert {one["severity"] for one in plain["concerns"]} <= {"info"}
    assert all(set(one) == {"rule", "severity", "keys", "text"} for one in plain["concerns"])
    assert main(["check", str(audit.with_name("没有.cpaudit"))]) == 2


def test_a_block_stops_a_paper_for_review_and_never_a_draft(
    audit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(audit, "env.permit_until", "2020-01-31")
    assert main(["check", str(audit), "--json"]) == 3
    plain = json.loads(capsys.readouterr().out)
    found = next(one for one in plain["concerns"] if one["rule"] == "permit_expired")
    assert found["severity"] == "block"
    assert found["keys"] == ["env.permit_until"]
    assert "到期" in found["text"]
    target = tmp_path / "a.pdf"
    for state in ("送审稿", "定稿"):
        assert main(["report", str(audit), "--state", state, "-o", str(target)]) == 2
        assert "到期" in capsys.readouterr().err
        assert not target.exists()
    assert main(["report", str(audit), "-o", str(target)]) == 0


def test_a_warning_asks_for_a_reason_which_is_kept_printed_and_asked_again(
    audit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(audit, "product.list/r1/capacity", "1000")
    target = tmp_path / "a.pdf"
    assert main(["report", str(audit), "--state", "送审稿", "-o", str(target)]) == 2
    assert "写明原因" in capsys.readouterr().err
    services = build_services(ImmediateExecutor())
    session = services.projects.open_audit(audit)
    data = services.catalogue.checkup()
    found = [
        one
        for one in concerns_of(session.project, session.assessment, data, clock.today())
        if one.severity == "warn"
    ]
    assert {one.rule for one in found} == {"above_capacity"}
    for one in found:
        give_reason(session, [(one, "")], "扩产环评 2026 年 3 月已批")
    assert main(["check", str(audit)]) == 2  # held by the window
    session.close()
    capsys.readouterr()
    assert main(["report", str(audit), "--state", "送审稿", "-o", str(target)]) == 0
    assert "扩产环评2026年3月已批" in text_of(target.read_bytes())
    change(audit, "product.list/r1/y0", "1190")
    assert main(["report", str(audit), "--state", "送审稿", "-o", str(target)]) == 2
    capsys.readouterr()
