"""Reading in a process of its own: a file that hangs, swells or crashes its reader costs that file only.

The parent writes a job (paths), the child appends one JSON line when it begins a file and one when it is done; a child
that is silent too long or dies is ended and started again behind the file it stopped at.
"""

import json
import logging
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from app.bills.page import Place
from app.bills.reading import Check, MeterRow, Reading, State, unread
from app.child import hidden, limit_memory

if TYPE_CHECKING:
    from app.bills.page import Sheet
    from app.bills.read import Recognise

_LOG = logging.getLogger(__name__)
OPTION = "--bills-worker"
_MEMORY = 2_500_000_000  # of address space; what is really used stays far below (docs/decisions.md)
_TEXT_MEMORY = 500_000_000  # the same without pictures; fifty pages of bills take a tenth
_FIRST_SECONDS = 40  # until the child has started on a slow disk
_TEXT_SECONDS = 30  # a file, until it turns out to need the reader of pictures
_PICTURE_SECONDS = 240  # a page; 5 on two idle cores, but the machine may have other work


class Cancelled(Exception):
    """The user does not want it any more."""


def has_picture_reader() -> bool:
    from app.bills.pictures import is_installed

    return is_installed()


def read_files(
    files: Sequence[Path],
    *,
    pictures: bool = True,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[list[Reading]]:
    """The readings of every file, in its order, not yet judged. progress(done, all). Raises Cancelled."""
    results: dict[int, list[Reading]] = {}
    with tempfile.TemporaryDirectory(prefix="cleanaudit-bills-") as folder:
        round_number = 0
        while len(results) < len(files):
            left = [at for at in range(len(files)) if at not in results]
            job = Path(folder) / f"{round_number}.job"
            round_number += 1
            job.write_text(
                json.dumps(
                    {"pictures": pictures, "files": [[at, str(files[at].resolve())] for at in left]}
                ),
                "utf-8",
            )
            _one_child(job, files, results, progress, cancelled)
    return [results[at] for at in range(len(files))]


def child_command(job: Path) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, OPTION, str(job)]
    return [sys.executable, "-m", "app", OPTION, str(job)]


def _one_child(
    job: Path,
    files: Sequence[Path],
    results: dict[int, list[Reading]],
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Run one child until it is done, dies or is ended; at least one file is settled."""
    out = job.with_suffix(".out")
    out.touch()
    child = subprocess.Popen(
        child_command(job),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **hidden(),
    )
    current, seconds, since, position = -1, _TEXT_SECONDS, time.monotonic(), 0
    why = ""
    try:
        while True:
            ended = child.poll() is not None
            with out.open("rb") as stream:
                stream.seek(position)
                lines = stream.read()
            whole = lines[: lines.rfind(b"\n") + 1]
            position += len(whole)
            for line in whole.splitlines():
                message = json.loads(line)
                since = time.monotonic()
                if "begin" in message:
                    current, seconds = int(message["begin"]), _TEXT_SECONDS
                elif "fault" in message:
                    _LOG.warning("bill not read: %s", message["fault"])
                elif "picture" in message:
                    seconds = _PICTURE_SECONDS
                else:
                    at = int(message["done"])
                    results[at] = [_reading(one) for one in message["readings"]]
                    current = -1
                    progress(len(results), len(files))
            if ended and not whole:
                break
            if cancelled():
                raise Cancelled
            if time.monotonic() - since > (seconds if current >= 0 else _FIRST_SECONDS):
                why = "读了太久，停下来了：文件可能坏了，或者做得特别复杂"
                break
            if not whole:
                time.sleep(0.02)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
    left = [at for at in range(len(files)) if at not in results]
    if left:
        # the child stopped at this file, or could not even begin: either way it must not be tried for ever
        at = current if current in left else left[0]
        results[at] = [
            unread(files[at].name, why or "读这个文件时内存不够或者出了错，跳过了它：文件可能坏了")
        ]
        progress(len(results), len(files))


@dataclass(frozen=True)
class Drawing:
    """A page of a file to be drawn as PNG at `target`, its longer side `longest` dots."""

    source: Path
    page: int
    longest: int
    target: Path


def draw(drawings: Sequence[Drawing], cancelled: Callable[[], bool] = lambda: False) -> list[int]:
    """Draw pages; the number of pages of each file, 0 where it cannot be drawn. Never raises for a file."""
    if not drawings:
        return []
    with tempfile.TemporaryDirectory(prefix="cleanaudit-pages-") as folder:
        job = Path(folder) / "pages.job"
        plain = [[str(one.source), one.page, one.longest, str(one.target)] for one in drawings]
        job.write_text(json.dumps({"draw": plain}), "utf-8")
        out = job.with_suffix(".out")
        child = subprocess.Popen(
            child_command(job),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **hidden(),
        )
        end = time.monotonic() + _TEXT_SECONDS + 2 * len(drawings)
        while child.poll() is None and time.monotonic() < end and not cancelled():
            time.sleep(0.02)
        if child.poll() is None:
            child.kill()
        child.wait()
        done = out.read_text("utf-8").splitlines() if out.is_file() else []
        for line in done:
            if not line.strip().isdecimal():
                _LOG.warning("page not drawn: %s", line)
        counts = [int(line) for line in done if line.strip().isdecimal()]
        return [*counts, *[0] * (len(drawings) - len(counts))]


# --- the child ----------------------------------------------------------------------------------------------------------


def run_job(job: Path) -> int:
    """Read the files of a job; 0 when it got to the end."""
    from app.bills.read import read_file

    wanted = json.loads(job.read_text("utf-8"))
    limit_memory(_MEMORY if "draw" in wanted else _TEXT_MEMORY)
    if "draw" in wanted:
        from app.bills.draw import draw_page

        with job.with_suffix(".out").open("a", encoding="utf-8") as out:
            for source, page, longest, target in wanted["draw"]:
                try:
                    pages = draw_page(Path(source), page, longest, Path(target))
                except Exception:  # noqa: BLE001 - a page that cannot be drawn is shown as a sheet without a picture
                    print(json.dumps(traceback.format_exc()), file=out)  # for the log
                    pages = 0
                print(pages, file=out, flush=True)
        return 0
    looks = wanted["pictures"] and has_picture_reader()
    with job.with_suffix(".out").open("a", encoding="utf-8") as out:
        for at, name in wanted["files"]:
            print(json.dumps({"begin": at}), file=out, flush=True)
            path = Path(name)
            try:
                readings = read_file(path, _reader_of_pictures(out) if looks else None)
            except (MemoryError, RecursionError):
                readings = [unread(path.name, "读这个文件要的内存太多，跳过了它")]
            except Exception as error:  # noqa: BLE001 - one odd file must not cost the others; the type is kept for us
                print(json.dumps({"fault": traceback.format_exc()}), file=out)  # for the log
                readings = [unread(path.name, f"没有读懂这个文件（{type(error).__name__}）")]
            print(
                json.dumps(
                    {"done": at, "readings": [_plain(one) for one in readings]}, ensure_ascii=False
                ),
                file=out,
                flush=True,
            )
    return 0


def _reader_of_pictures(out: TextIO) -> "Recognise":
    """Tells the parent that a page takes longer. Its libraries, and the memory they need, come with the first picture:
    until then a file that swells is ended sooner."""

    def read(data: bytes) -> "Sheet":
        print(json.dumps({"picture": True}), file=out, flush=True)
        limit_memory(_MEMORY)
        return _loaded_reader()(data)

    return read


@cache
def _loaded_reader() -> "Recognise":
    from app.bills.pictures import Reader

    return Reader()


# --- readings as JSON ---------------------------------------------------------------------------------------------------


def _plain(reading: Reading) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(reading), default=str))  # type: ignore[no-any-return]


_DATES = {"start", "end", "issued"}
_NUMBERS = {"quantity", "money", "net"}


def _reading(plain: dict[str, Any]) -> Reading:
    values: dict[str, Any] = {}
    for one in fields(Reading):
        value = plain[one.name]
        if one.name in _DATES:
            value = None if value is None else date.fromisoformat(value)
        elif one.name in _NUMBERS:
            value = _decimal(value)
        values[one.name] = value
    values["meters"] = tuple(
        MeterRow(row["meter"], row["register"], _decimal(row["before"]), _decimal(row["after"]))
        for row in plain["meters"]
    )
    values["checks"] = tuple(Check(**check) for check in plain["checks"])
    values["doubts"] = tuple(plain["doubts"])
    values["facts"] = tuple((name, text) for name, text in plain["facts"])
    values["table"] = tuple(tuple(row) for row in plain["table"])
    values["places"] = {name: Place(**place) for name, place in plain["places"].items()}
    values["state"] = State(plain["state"])
    return Reading(**values)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
