"""「关于清审通」: reached from the top bar, shows version, data pack and every licence text that is there."""

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import __version__, paths
from app.bootstrap import build_services
from app.services.session import ImmediateExecutor
from app.ui import theme
from app.ui.about import AboutDialog
from app.ui.top_bar import TopBar
from tests.ui.test_audit_screen import nameless


def test_version_data_pack_and_licences(qtbot: QtBot, qapp: QApplication) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    services = build_services(ImmediateExecutor())
    dialog = AboutDialog(services)
    qtbot.addWidget(dialog)
    dialog.show()
    said = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert __version__ in said
    assert services.catalogue.source_fingerprint[:12] in said
    assert nameless(dialog) == []
    shown = set()
    for row in range(dialog.list.count()):
        dialog.list.setCurrentRow(row)
        shown.add(dialog.text.toPlainText())
    assert len(shown) == len(paths.papers()) >= 4
    assert any("MIT" in text for text in shown)
    assert any("ReportLab" in text for text in shown)
    assert any("SIL OPEN FONT LICENSE" in text for text in shown)
    services.close()


def test_the_top_bar_always_offers_it(qtbot: QtBot) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.show()
    for audit in (False, True):
        bar.show_mode(audit=audit, back=audit, name=not audit)
        assert bar.about_button.isVisible()
    with qtbot.waitSignal(bar.about_wanted):
        bar.about_button.click()
