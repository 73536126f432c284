"""A stranger's sealed PDF, read in a process of its own: one that swells, hangs or brings a library down costs itself only.

The parent asks with a job file (JSON), the child answers with the result file of `app.reports.worker`.
"""

import base64
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from app.child import hidden, limit_memory
from app.errors import Problem, UserError
from app.nested_pdf import refuse_nested
from app.reports.sealed_file import SealedFile, lines_of, read_sealed
from app.reports.worker import READING, result_file, worker_command

_MOST_MEMORY = 1_000_000_000  # of address space; libraries and a report of 60 pages take a third
_MOST_SECONDS = 60

PrintedLines = Callable[[Iterable[int]], dict[int, list[str]]]
"""Numbers of pages (from 0) -> the lines on each, without white space."""


def read_sealed_apart(path: Path, attachment: str) -> tuple[SealedFile, PrintedLines]:
    """The same of a stranger's file, and `lines_of` for it, in a child process with limits: a file that swells, hangs or brings a
    library down costs itself only. UserError."""
    with tempfile.TemporaryDirectory(prefix="cleanaudit-") as folder:
        job = Path(folder) / f"paper{READING}"
        job.write_text(json.dumps([str(path), attachment]), "utf-8")
        try:
            done = subprocess.run(
                worker_command(job),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_MOST_SECONDS,
                check=False,
                **hidden(),
            )
        except subprocess.TimeoutExpired as error:
            raise _not_read("读了太久，停下来了：文件坏了，或者做得特别复杂") from error
        if done.returncode or not result_file(job).is_file():
            raise _not_read("读不下去：文件坏了，或者大得不像一份报告")
        plain = json.loads(result_file(job).read_text("utf-8"))
    if "problems" in plain:
        raise UserError(*(Problem(**problem) for problem in plain["problems"]))

    def data(text: str) -> bytes:
        return base64.b64decode(text)

    file = SealedFile(
        plain["bytes_hold"],
        None if plain["package"] is None else data(plain["package"]),
        tuple(map(data, plain["pages"])),
        tuple(map(data, plain["others"])),
        {name: data(one) for name, one in plain["photos"].items()},
    )
    lines: list[list[str]] = plain["lines"]
    return file, lambda places: {one: lines[one] for one in places if one < len(lines)}


def answer(job: Path) -> dict[str, object]:
    """In the child: what stands in the paper of a job, as plain data."""
    limit_memory(_MOST_MEMORY)

    def text(data: bytes) -> str:
        return base64.b64encode(data).decode("ascii")

    path, attachment = json.loads(job.read_text("utf-8"))
    try:
        content = Path(path).read_bytes()
        refuse_nested(content, "PDF")
        file = read_sealed(content, attachment)
        lines = lines_of(content, range(len(file.pages)))
    except UserError as error:
        return {"problems": [asdict(problem) for problem in error.problems]}
    return {
        "bytes_hold": file.bytes_hold,
        "package": None if file.package is None else text(file.package),
        "pages": [text(one) for one in file.pages],
        "others": [text(one) for one in file.others],
        "photos": {name: text(one) for name, one in file.photos.items()},
        "lines": [lines.get(one, []) for one in range(len(file.pages))],
    }


def _not_read(what: str) -> UserError:
    return UserError(Problem("PDF", what, "向编制单位要原文件"))
