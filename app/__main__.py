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

_REPORT_WORKER = "--report-worker"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [_REPORT_WORKER]:
        # The program calls itself to set a paper; a user never types this.
        from app.reports.worker import run_job

        return run_job(Path(given[1]))
    options = _parser().parse_args(given)
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
    one = commands.add_parser("report", help="把案卷印成报告 PDF")
    one.add_argument("file", type=Path)
    one.add_argument("-o", "--output", type=Path, metavar="OUT.pdf", help="默认写在案卷旁边")
    one.set_defaults(run=_report)
    one = commands.add_parser("tour", help="不要屏幕：打开示例，逐页截图")
    one.add_argument("directory", type=Path)
    one.set_defaults(run=_tour)
    one = commands.add_parser("score", help="给一个算例或案卷定级，或者整个文件夹")
    one.add_argument("file", type=Path, help="算例（.yaml）、案卷（.cpaudit）或文件夹")
    one.add_argument("--json", action="store_true", help="写出 JSON，数是准确的分数")
    one.add_argument("--csv", type=Path, metavar="OUT.csv", help="文件夹里每个案卷写一行")
    one.set_defaults(run=_score)
    _add_systems(
        commands.add_parser("systems", help="指标体系：列出、查看、检查、模板、导入、导出")
    )
    return parser


def _add_systems(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_systems_list, query="")
    commands = parser.add_subparsers(metavar="做什么")
    one = commands.add_parser("list", help="列出库里的体系")
    one.add_argument("query", nargs="?", default="", help="名称、拼音首字母、行业代码或文号")
    one.set_defaults(run=_systems_list)
    one = commands.add_parser("show", help="逐行查看一份体系")
    one.add_argument("id")
    one.set_defaults(run=_systems_show)
    one = commands.add_parser("check", help="检查一个体系文件（.xlsx、.yaml、.json）")
    one.add_argument("file", type=Path)
    one.set_defaults(run=_systems_check)
    one = commands.add_parser("template", help="写出空白的 Excel 模板")
    one.add_argument("target", type=Path, metavar="OUT.xlsx")
    one.set_defaults(run=_systems_template)
    one = commands.add_parser("import", help="把体系文件收进自己的库")
    one.add_argument("file", type=Path)
    one.add_argument("--replace", action="store_true", help="代替同编号、内容不同的体系")
    one.set_defaults(run=_systems_import)
    one = commands.add_parser("export", help="导出一份体系")
    one.add_argument("id")
    one.add_argument(
        "-o", "--output", type=Path, help="结尾 .xlsx、.yaml 或 .json，默认 <编号>.xlsx"
    )
    one.set_defaults(run=_systems_export)


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


def _report(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services, local_now
    from app.services import reporting

    services = build_services()
    try:
        session = services.projects.open_audit(options.file)
        target = options.output or options.file.with_suffix(".pdf")
        try:
            facts = reporting.write_report(
                session.project,
                session.assessment,
                target,
                state=reporting.STATES[0],
                today=local_now().date(),
            )
        finally:
            session.close()
        print(f"{target}：{facts.pages} 页")
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
    from app.services.scoring import score_case, score_folder, score_text

    catalogue = load_catalogue()
    if options.csv is not None:
        problems = score_folder(options.file, options.csv, catalogue)
        for problem in problems:
            print(problem, file=sys.stderr)
        return 2 if problems else 0
    if options.json:
        print(json.dumps(score_case(options.file, catalogue), ensure_ascii=False, indent=1))
    else:
        print(score_text(options.file, catalogue))
    return 0


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
    from app.services.systems import import_system

    imported = import_system(options.file, load_catalogue(), replace=options.replace)
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


if __name__ == "__main__":
    sys.exit(main())
