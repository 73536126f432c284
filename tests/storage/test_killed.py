"""The process is killed at any moment: every answer it had acknowledged is in the file, and the file opens."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.storage.opening import open_file

ROOT = Path(__file__).parents[2]

# Records answers n0, n1 … in one session and prints each number only when its commit is done.
_WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from app.forms.answer import MISSING, Act, AnswerBook, Change, Given
from app.storage.opening import create

path = Path(sys.argv[1])
now = datetime.now(UTC)
file = create(path, answers=AnswerBook(), system=None, meta={"audit_id": "x", "questionnaire": "x"},
              who="x", when=now)
number = 0
while True:
    changes = tuple(Change(f"n{number}/{cell}", MISSING, Given(str(number))) for cell in range(5))
    file.commit(file.last_act + 1, Act("填写", changes), who="x", when=now)
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("acknowledged", [1, 25, 60])
def test_kill_9_loses_no_acknowledged_answer(tmp_path: Path, acknowledged: int) -> None:
    path = tmp_path / "断电 案卷.cpaudit"
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        last = -1
        while last < acknowledged:
            last = int(writer.stdout.readline())
        writer.kill()
        rest = writer.stdout.read().split()
    last = int(rest[-1]) if rest else last
    file = open_file(path)
    book = file.read_book()
    acts = file.counts().acts - 1
    file.close()
    assert acts >= last + 1
    for number in range(acts):
        assert [book.text(f"n{number}/{cell}") for cell in range(5)] == [str(number)] * 5
    assert len(book.answers) == acts * 5
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
