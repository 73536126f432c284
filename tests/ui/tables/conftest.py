"""The sample audit in a real file, for every test of tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.ui import theme
from app.ui.session import SessionModel
from tests.helpers.open_audit import open_audit


@pytest.fixture
def model(tmp_path: Path, qapp: QApplication) -> Iterator[SessionModel]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    opened = open_audit(tmp_path)
    yield opened
    opened.close()
