"""Commands about the program itself: tour, self-test."""

import argparse
from pathlib import Path

from app.commands.words import Commands


def add_program(commands: Commands) -> None:
    """tour, self-test."""
    one = commands.add_parser("tour", help="不要屏幕：写出示例、报告和每一页的截图")
    one.add_argument("directory", type=Path, metavar="文件夹")
    one.set_defaults(run=_tour)
    one = commands.add_parser("self-test", help="检查装好的程序：字体、目录库、评分、报告、Excel")
    one.set_defaults(run=_self_test)


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


def _self_test(options: argparse.Namespace) -> int:
    from app.selftest import run_self_test

    return run_self_test()
