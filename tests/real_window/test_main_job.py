"""The main job in a real window with real keys: begin, answer, close, reopen; and after the power went."""

import time
from collections.abc import Callable
from pathlib import Path

from app.forms.answer import Given
from app.storage.audit_reader import read_audit
from tests.real_window.conftest import Program, audits, xdotool

CODE = "91440605MA05T8K207"


def written(file: Path, act: Callable[[], None]) -> None:
    """Do something that changes an answer and wait until the file, which the window holds, has changed."""
    before = file.stat().st_mtime_ns
    act()
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if file.stat().st_mtime_ns != before:
            rested(file)
            return
        time.sleep(0.1)
    raise AssertionError("nothing was written")


def rested(file: Path) -> None:
    """Wait until nothing has been written for a second: on a busy machine the writes of an act come one by one."""
    seen, since = file.stat().st_mtime_ns, time.monotonic()
    while time.monotonic() - since < 1:
        time.sleep(0.1)
        if (now := file.stat().st_mtime_ns) != seen:
            seen, since = now, time.monotonic()


def has(path: Path, key: str, text: str) -> bool:
    """The file, closed by now, holds the answer."""
    return read_audit(path).book.get(key) == Given(text)


def begin(program: Program, home: Path) -> Path:
    """A new audit by keyboard; its file."""
    program.keys_until("新建审核", "ctrl+n")
    program.paste("Chengling")
    program.keys("ctrl+Return")
    program.wait_title("Chengling")
    (file,) = audits(home)
    rested(file)
    return file


def type_code(program: Program) -> None:
    """企业概况: the second field is the credit code."""
    program.keys("Tab")
    program.paste(CODE)
    program.keys("Return")


def test_by_keyboard_alone_from_the_first_start_to_the_second(
    programs: list[Program], user_home: Path
) -> None:
    program = Program(user_home)
    programs.append(program)
    file = begin(program, user_home)
    written(file, lambda: type_code(program))
    written(file, lambda: program.keys("ctrl+z"))
    written(file, lambda: program.keys("ctrl+y"))
    program.keys("ctrl+Return", "alt+Left")
    program.close()
    assert has(file, "firm.name", "Chengling")
    assert has(file, "firm.credit_code", CODE)

    again = Program(user_home)
    programs.append(again)
    again.keys_until("Chengling", "Return")
    again.close()
    assert has(file, "firm.credit_code", CODE)


def test_by_mouse_the_sample_opens(programs: list[Program], user_home: Path) -> None:
    program = Program(user_home)
    programs.append(program)
    program.keys("Tab")
    program.keys_until("澄岭五金", "space")
    # The first stage's second page, in the list at the left.
    program.click(100, 262)
    program.close()
    assert len(audits(user_home)) == 2


def test_after_the_power_went_the_audit_is_offered_with_all_answers(
    programs: list[Program], user_home: Path
) -> None:
    program = Program(user_home)
    programs.append(program)
    file = begin(program, user_home)
    written(file, lambda: type_code(program))
    program.kill()

    again = Program(user_home)
    programs.append(again)
    xdotool("windowactivate", "--sync", again.wait_for("上次没有正常关闭"))
    xdotool("key", "--clearmodifiers", "Return")
    again.wait_title("Chengling")
    again.close()
    assert has(file, "firm.credit_code", CODE)
