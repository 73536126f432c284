"""The command line. Without a command the window opens.

Exit status: 0 done, 1 a fault of the program (the log says more), 2 something the user can mend.
"""

import argparse
import json
import logging
import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import NoReturn

from app import __version__, paths
from app.errors import Problem, UserError

_LOG = logging.getLogger(__name__)
_REPORT_WORKER = "--report-worker"
_STATES = ("草稿", "送审稿", "定稿")
# argparse speaks English; these are the parts of it a user meets.
_WORDS = (
    (r"^usage: ", "用法："),
    (r"(?m)^positional arguments:$", "命令和参数："),
    (r"(?m)^options:$", "选项："),
    (r"show this help message and exit", "显示这份说明"),
    (r"show program's version number and exit", "显示版本号"),
    (r"^the following arguments are required: (.*)", r"还缺：\1"),
    (r"^unrecognized arguments: (.*)", r"不认识：\1"),
    (r"invalid choice: (\S+) \(choose from (.*)\)", r"没有 \1，可以用的：\2"),
    (r"expected one argument", "后面要跟一个值"),
    (r"^argument ", ""),
)


def _in_chinese(text: str) -> str:
    for english, chinese in _WORDS:
        text = re.sub(english, chinese, text)
    return text


class _Parser(argparse.ArgumentParser):
    """argparse with its fixed words in Chinese."""

    def format_help(self) -> str:
        return _in_chinese(super().format_help())

    def format_usage(self) -> str:
        return _in_chinese(super().format_usage())

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{_in_chinese(message)}。加 --help 看怎么用。\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # None in a windowed copy
            stream.reconfigure(errors="replace")
    if arguments[:1] == [_REPORT_WORKER]:
        # The program calls itself to set a paper; a user never types this.
        from app.reports.worker import run_job

        return run_job(Path(arguments[1]))
    options = _parser().parse_args(arguments)
    try:
        _start_log()
        return int(options.run(options))
    except UserError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2
    except Exception:  # noqa: BLE001 - the last stop of a bug: it is logged and said, not hidden
        _LOG.exception("bug")
        print(
            f"程序自己出了毛病，已经写进的数据不受影响。把这个日志发给维护的人：{paths.log_file()}",
            file=sys.stderr,
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="cleanaudit", description="清审通：清洁生产审核。不写命令就打开窗口。")
    parser.add_argument("--version", action="version", version=f"清审通 {__version__}")
    parser.set_defaults(run=_window, file=None)
    commands = parser.add_subparsers(metavar="命令")
    one = commands.add_parser("open", help="打开窗口，或打开一个案卷")
    # Optional: a menu entry calls the same line without a file.
    one.add_argument("file", type=Path, nargs="?", metavar="案卷.cpaudit")
    one.set_defaults(run=_window)
    one = commands.add_parser(
        "sample", help="写出示例案卷：电镀小厂的两个状态（还差两项，审核前填齐）和一家印刷厂"
    )
    one.add_argument("directory", type=Path, metavar="文件夹")
    one.set_defaults(run=_sample)
    one = commands.add_parser("report", help="把案卷印成报告 PDF")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument("-o", "--output", type=Path, metavar="OUT.pdf", help="默认写在案卷旁边")
    one.add_argument("--state", choices=_STATES, default=_STATES[0], help="版本，默认草稿")
    one.set_defaults(run=_report)
    one = commands.add_parser("restore", help="把最近一份备份放到案卷旁边，另起名字")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.set_defaults(run=_restore)
    one = commands.add_parser("tour", help="不要屏幕：写出示例、报告和每一页的截图")
    one.add_argument("directory", type=Path, metavar="文件夹")
    one.set_defaults(run=_tour)
    one = commands.add_parser("self-test", help="检查装好的程序：字体、目录库、评分、报告、Excel")
    one.set_defaults(run=_self_test)
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
    try:
        file = paths.log_file()
    except UserError:
        return  # What needs the folder says so itself; scoring and printing do without.
    handler = RotatingFileHandler(
        file, maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
    )
    logging.basicConfig(
        handlers=[handler],
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )


def _window(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.ui.application import run, show_start_error

    try:
        services = build_services()
    except UserError as error:
        # Started from a menu there is no console to read it on.
        show_start_error(error)
        raise
    try:
        return run(services, options.file)
    finally:
        services.close()


def _sample(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services

    services = build_services()
    try:
        projects = services.projects
        for path in (
            *projects.sample(options.directory),
            projects.printer_sample(options.directory),
        ):
            print(path)
    finally:
        services.close()
    return 0


def _report(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services, local_now
    from app.services.reporting import write_report
    from app.services.session import ImmediateExecutor

    target: Path = options.output or options.file.with_suffix(".pdf")
    if target.suffix.lower() != ".pdf":
        raise UserError(Problem(str(target), "报告是 PDF 文件。", "文件名用 .pdf 结尾。"))
    project, assessment = build_services(ImmediateExecutor()).projects.load(options.file)
    facts = write_report(project, assessment, target, state=options.state, today=local_now().date())
    if facts.replaced:
        print(f"提示 字体里没有这些字，印成了〓：{'、'.join(facts.replaced)}。", file=sys.stderr)
    print(f"{target}：{facts.pages} 页")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.services.session import ImmediateExecutor

    print(build_services(ImmediateExecutor()).projects.restore(options.file))
    return 0


def _self_test(options: argparse.Namespace) -> int:
    from app.selftest import run_self_test

    return run_self_test()


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
