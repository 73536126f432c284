"""The command line. Without a command the window opens.

Exit status: 0 done, 1 a fault of the program (the log says more), 2 something the user can mend.
"""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__, paths
from app.errors import UserError

if TYPE_CHECKING:
    import argparse

_LOG = logging.getLogger(__name__)
_REPORT_WORKER = "--report-worker"
_BILLS_WORKER = "--bills-worker"
_TABLE_WORKER = "--table-worker"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    # Next to nothing here is garbage in a circle; looking for it so often as Python does took a tenth of every start.
    gc.set_threshold(20_000, 20, 50)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # None in a windowed copy
            stream.reconfigure(errors="replace")
    if arguments[:1] == [_REPORT_WORKER]:
        # The program calls itself to set a paper; a user never types this.
        from app.reports.worker import run_job, run_jobs

        return run_job(Path(arguments[1])) if arguments[1:] else run_jobs()
    if arguments[:1] == [_BILLS_WORKER]:
        # The same for reading what comes from outside.
        from app.bills import worker

        return worker.run_job(Path(arguments[1]))
    if arguments[:1] == [_TABLE_WORKER]:
        from app.exchange import apart

        return apart.run_job(Path(arguments[1]))
    options = _parser().parse_args(arguments)
    try:
        _start_log()
        return int(options.run(options))
    except UserError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever reads our output has had enough (`| head`): nothing went wrong. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - the last stop of a bug: it is logged and said, not hidden
        _LOG.exception("bug")
        print(
            f"程序自己出了毛病，已经写进的数据不受影响。{paths.log_to_send()}",
            file=sys.stderr,
        )
        return 1


def _parser() -> "argparse.ArgumentParser":
    # Not needed by the processes that the program starts for itself.
    from app.commands.audits import add_audits, open_window
    from app.commands.bills import add_bills
    from app.commands.check import add_check
    from app.commands.measures import add_measures
    from app.commands.program import add_program
    from app.commands.sealed import add_sealed
    from app.commands.systems import add_systems
    from app.commands.words import Parser

    parser = Parser(prog="cleanaudit", description="清审通：清洁生产审核。不写命令就打开窗口。")
    parser.add_argument("--version", action="version", version=f"清审通 {__version__}")
    parser.set_defaults(run=open_window, file=None)
    commands = parser.add_subparsers(metavar="命令")
    add_audits(commands)
    add_measures(commands)
    add_systems(commands)
    add_check(commands)
    add_sealed(commands)
    add_bills(commands)
    add_program(commands)
    return parser


def _start_log() -> None:
    try:
        file = paths.log_file()
    except UserError:
        return  # What needs the folder says so itself; scoring and printing do without.
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(
        file, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
    )
    logging.basicConfig(
        handlers=[handler],
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


if __name__ == "__main__":
    sys.exit(main())
