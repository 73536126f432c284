"""A sealed report dropped on the window is verified; other PDFs are not taken for one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.services.reporting import write_report
from app.services.services import Services
from app.ui.main_window import MainWindow
from app.ui.verify_sealed import SealedDialog, is_sealed_report
from tests.ui.test_audit_screen import nameless
from tests.ui.test_main_window import catalogue_is_built, open_window, services

__all__ = ["catalogue_is_built", "open_window", "services"]


def test_it_says_agree_or_every_difference(
    qtbot: QtBot, services: Services, open_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    audit = services.projects.printer_sample(tmp_path)
    project, assessment = services.projects.load(audit)
    report = tmp_path / "报告.pdf"
    write_report(project, assessment, report, state="送审稿", today=date(2026, 11, 29))
    assert is_sealed_report(report)
    (tmp_path / "别的.pdf").write_bytes(b"%PDF-1.4 %%EOF")
    assert not is_sealed_report(tmp_path / "别的.pdf")
    window = open_window()
    heads = []
    for content in (report.read_bytes(), report.read_bytes().replace(b"%%EOF", b"%%EOf", 1)):
        report.write_bytes(content)
        window.verify_report(report)
        qtbot.waitUntil(lambda: window.findChild(SealedDialog) is not None, timeout=60_000)
        dialog = window.findChild(SealedDialog)
        assert dialog is not None
        assert nameless(dialog) == []
        dialog.grab().save(str(tmp_path / "verdict.png"))
        heads.append(dialog.findChildren(QLabel)[0].text())
        dialog.close()
        qtbot.waitUntil(lambda: window.findChild(SealedDialog) is None)
    assert heads == ["一致", "不一致：1 处"]
