"""Bills that once broke a reader: each is told or left unread, none ends with an error of ours."""

from contextlib import suppress
from pathlib import Path

import pytest

from app.bills.draw import draw_page
from app.bills.read import read_file
from app.errors import UserError

FILES = Path(__file__).parents[1] / "hostile_files"


@pytest.mark.parametrize("name", ["nan-box.ofd", "pages_loop.pdf"])
def test_it_is_read_or_refused_in_plain_words(name: str, tmp_path: Path) -> None:
    for reading in read_file(FILES / name, None):
        assert reading.file == name
    with suppress(UserError):
        draw_page(FILES / name, 0, 200, tmp_path / "x.png")
