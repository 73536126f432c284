"""A workbook's reader is told of columns, never of the keys of a file."""

import re
from dataclasses import asdict

from app.standards.terms import IN_FILE, IN_WORKBOOK


def test_a_workbook_has_a_word_of_its_own_for_every_part() -> None:
    in_file = asdict(IN_FILE)
    for name, words in asdict(IN_WORKBOOK).items():
        assert words != in_file[name], name
        assert not re.search("[A-Za-z_]{3,}", words), name
