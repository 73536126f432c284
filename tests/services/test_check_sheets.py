"""The 核对单 as a file: set by the child process, cancelled, refused where it cannot be written."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.bootstrap import build_services
from app.errors import UserError
from app.reports.read_back import text_of
from app.services.check_sheets import sheet_name, write_check_sheet
from app.services.services import Services
from app.services.session import ImmediateExecutor

ID, TODAY = "electroplating-2015", date(2026, 11, 22)


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services(ImmediateExecutor())
    yield made
    made.close()


def test_the_sheet_is_written_or_nothing_is(services: Services, tmp_path: Path) -> None:
    target = tmp_path / sheet_name("电镀：2015/表1")
    assert target.name == "核对单 电镀：2015表1.pdf"
    facts = write_check_sheet(services.catalogue, ID, ["general-plating"], target, today=TODAY)
    assert facts is not None
    assert facts.pages > 2
    assert "锌利用率" in text_of(target.read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_cancelling_and_a_missing_folder_leave_nothing(services: Services, tmp_path: Path) -> None:
    target = tmp_path / "单.pdf"
    tables = ["general-plating"]
    assert (
        write_check_sheet(
            services.catalogue, ID, tables, target, today=TODAY, is_cancelled=lambda: True
        )
        is None
    )
    assert not target.exists()
    with pytest.raises(UserError, match="没有这个文件夹"):
        write_check_sheet(services.catalogue, ID, tables, tmp_path / "没有" / "单.pdf", today=TODAY)
