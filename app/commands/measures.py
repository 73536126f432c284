"""Commands about measures: economics, path, results, options."""

import argparse
import json
from pathlib import Path

from app.commands.words import Commands

_LEVELS = {
    "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "I": "I", "II": "II", "III": "III",
    "1": "I", "2": "II", "3": "III", "一": "I", "二": "II", "三": "III",
}  # fmt: skip


def add_measures(commands: Commands) -> None:
    """economics, path, results, options."""
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
    one = commands.add_parser("path", help="到上一级最省钱的一组方案，解出来再按案卷重新定级核过")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument(
        "--to",
        type=lambda text: _LEVELS.get(text.strip().upper().removesuffix("级"), text),
        choices=("I", "II", "III"),
        help="要到哪一级（也可以写Ⅱ、2、二级），默认上一级",
    )
    one.add_argument(
        "--without", nargs="+", default=(), metavar="方案", help="不用的方案：编号或名称"
    )
    one.add_argument(
        "--with", nargs="+", default=(), metavar="方案", dest="required", help="一定要做的方案"
    )
    one.add_argument("--json", action="store_true", help="写出 JSON，数是准确的分数")
    one.set_defaults(run=_path)
    one = commands.add_parser(
        "results", help="方案的绩效：绩效表、预计和实测、审核前后的等级（JSON）"
    )
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.set_defaults(run=_results)
    one = commands.add_parser(
        "options", help="找方案：按词、拼音首字母、主题、领域，或按案卷的回答推荐"
    )
    one.add_argument("query", nargs="*", help="名称、拼音首字母、行业或编号，几个词都要有")
    one.add_argument(
        "--theme",
        default="",
        choices=("", "energy", "water", "materials", "voc", "packaging", "management"),
    )
    one.add_argument(
        "--field",
        default="",
        choices=("", "industry", "agriculture", "services", "construction", "transport"),
    )
    one.add_argument(
        "--for", type=Path, dest="file", metavar="案卷.cpaudit", help="按这个案卷的回答推荐"
    )
    one.set_defaults(run=_options)


def _economics(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.economics_case import economics_json, economics_lines

    settings = load_catalogue().economics()
    if options.json:
        print(json.dumps(economics_json(options.file, settings), ensure_ascii=False, indent=1))
    else:
        print("\n".join(economics_lines(options.file, settings)))
    return 0


def _path(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.measures import LEVEL_CODES, path_json, path_lines, path_of_file

    target = LEVEL_CODES.get(options.to or "")
    path, roads, project = path_of_file(
        options.file, load_catalogue(), target, options.without, options.required
    )
    if options.json:
        print(json.dumps(path_json(path, roads), ensure_ascii=False, indent=1))
    else:
        print("\n".join(path_lines(path, roads, project)))
    return 0


def _results(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.measure_results import results_json

    print(json.dumps(results_json(options.file, load_catalogue()), ensure_ascii=False, indent=1))
    return 0


def _options(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.measure_results import offer_lines, option_lines

    catalogue = load_catalogue()
    if options.file is not None:
        lines = offer_lines(options.file, catalogue)
    else:
        lines = option_lines(catalogue, " ".join(options.query), options.theme, options.field)
    print("\n".join(lines) or "没有找到。换一个词，或写拼音首字母。")
    return 0
