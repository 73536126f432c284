"""Commands about measures: economics, path."""

import argparse
import json
from pathlib import Path

from app.commands.words import Commands


def add_measures(commands: Commands) -> None:
    """economics."""
    one = commands.add_parser(
        "economics", help="算一个方案的经济指标：D、T、E、F、N、NPV、NPVR、IRR"
    )
    one.add_argument(
        "file",
        type=Path,
        metavar="CASE.yaml",
        help="投资、年效益（万元）、年限、税率、贴现率（小数）",
    )
    one.add_argument("--json", action="store_true", help="写出 JSON，数是准确的分数")
    one.set_defaults(run=_economics)


def _economics(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.economics_case import economics_json, economics_lines

    settings = load_catalogue().economics
    if options.json:
        print(json.dumps(economics_json(options.file, settings), ensure_ascii=False, indent=1))
    else:
        print("\n".join(economics_lines(options.file, settings)))
    return 0
