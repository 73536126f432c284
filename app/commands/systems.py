"""Commands about indicator systems."""

import argparse
from pathlib import Path

from app.commands.words import Commands


def add_systems(commands: Commands) -> None:
    """systems list, show, check, template, import, export."""
    parser = commands.add_parser("systems", help="指标体系：列出、查看、检查、模板、导入、导出")
    parser.set_defaults(run=_systems_list, query="")
    actions = parser.add_subparsers(metavar="做什么")
    one = actions.add_parser("list", help="列出库里的体系")
    one.add_argument("query", nargs="?", default="", help="名称、拼音首字母、行业代码或文号")
    one.set_defaults(run=_systems_list)
    one = actions.add_parser("show", help="逐行查看一份体系")
    one.add_argument("id")
    one.set_defaults(run=_systems_show)
    one = actions.add_parser("check", help="检查一个体系文件（.xlsx、.yaml、.json）")
    one.add_argument("file", type=Path)
    one.set_defaults(run=_systems_check)
    one = actions.add_parser("template", help="写出空白的 Excel 模板")
    one.add_argument("target", type=Path, metavar="OUT.xlsx")
    one.set_defaults(run=_systems_template)
    one = actions.add_parser(
        "import", help="把体系文件（.xlsx、.yaml、.json）或体系包（.cppack）收进自己的库"
    )
    one.add_argument("file", type=Path)
    one.add_argument("--replace", action="store_true", help="代替同编号、内容不同的体系")
    one.set_defaults(run=_systems_import)
    one = actions.add_parser("export", help="导出一份体系")
    one.add_argument("id")
    one.add_argument(
        "-o", "--output", type=Path, help="结尾 .xlsx、.yaml 或 .json，默认 <编号>.xlsx"
    )
    one.set_defaults(run=_systems_export)


def _systems_list(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.systems import list_lines

    for line in list_lines(load_catalogue(), options.query):
        print(line)
    return 0


def _systems_show(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.systems import show_lines

    for line in show_lines(load_catalogue(), options.id):
        print(line)
    return 0


def _systems_check(options: argparse.Namespace) -> int:
    from app.services.systems import check_lines

    for line in check_lines(options.file):
        print(line)
    return 0


def _systems_template(options: argparse.Namespace) -> int:
    from app.services.systems import write_template

    write_template(options.target)
    print(options.target)
    return 0


def _systems_import(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.system_packs import SUFFIX, describe_checking, import_pack, read_pack
    from app.services.systems import import_system

    catalogue = load_catalogue()
    if options.file.suffix.lower() == SUFFIX:
        pack = read_pack(options.file)
        print(f"{pack.by} {pack.on}：{describe_checking(pack.systems)}")
        taken = import_pack(options.file, catalogue, replace_own=options.replace)
    else:
        taken = (import_system(options.file, catalogue, replace=options.replace),)
    for imported in taken:
        for warning in imported.warnings:
            print(f"提示 {warning}")
        print(imported.file)
    return 0


def _systems_export(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.systems import export_system

    target = options.output or Path(f"{options.id}.xlsx")
    export_system(load_catalogue(), options.id, target)
    print(target)
    return 0
