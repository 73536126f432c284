"""The command line. Without a command the window opens. Exit status: 0 done, 2 something the user can mend."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app import __version__, paths
from app.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    _start_log()
    try:
        return int(options.run(options))
    except UserError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cleanaudit", description="清审通：清洁生产审核")
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(run=_window, file=None)
    commands = parser.add_subparsers(metavar="命令")
    one = commands.add_parser("open", help="打开一个案卷")
    one.add_argument("file", type=Path)
    one.set_defaults(run=_window)
    one = commands.add_parser("sample", help="写出示例案卷")
    one.add_argument("directory", type=Path)
    one.set_defaults(run=_sample)
    one = commands.add_parser("tour", help="不要屏幕：打开示例，逐页截图")
    one.add_argument("directory", type=Path)
    one.set_defaults(run=_tour)
    one = commands.add_parser("score", help="给一个算例或案卷定级")
    one.add_argument("file", type=Path)
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=_score)
    return parser


def _start_log() -> None:
    handler = RotatingFileHandler(
        paths.log_file(), maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
    )
    logging.basicConfig(
        handlers=[handler],
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


def _window(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.ui.application import run

    services = build_services()
    try:
        return run(services, options.file)
    finally:
        services.close()


def _sample(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services

    services = build_services()
    try:
        for path in services.projects.sample(options.directory):
            print(path)
    finally:
        services.close()
    return 0


def _tour(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.ui.tour import run_tour

    services = build_services()
    try:
        for path in run_tour(services, options.directory):
            print(path)
    finally:
        services.close()
    return 0


def _score(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.scoring import score_case

    print(json.dumps(score_case(options.file, load_catalogue()), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
