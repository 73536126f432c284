"""Commands about audits: open, sample, report, restore, score."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app import clock
from app.commands.words import Commands
from app.errors import Problem, UserError

if TYPE_CHECKING:
    from datetime import datetime

    from app.services.cases import Case
    from app.services.projects import Projects

_STATES = ("草稿", "送审稿", "定稿")
_PURPOSES = ("审核", "评估", "验收")


def add_audits(commands: Commands) -> None:
    """open, sample, report, restore, score."""
    one = commands.add_parser("open", help="打开窗口，或打开一个案卷")
    # Optional: a menu entry calls the same line without a file.
    one.add_argument("file", type=Path, nargs="?", metavar="案卷.cpaudit")
    one.set_defaults(run=open_window)
    one = commands.add_parser(
        "sample", help="写出示例案卷：电镀小厂的两个状态（还差两项，审核前填齐）和一家印刷厂"
    )
    one.add_argument("directory", type=Path, metavar="文件夹")
    one.add_argument("--after", action="store_true", help="再写一份电镀小厂做完方案、实测以后的")
    one.set_defaults(run=_sample)
    one = commands.add_parser("report", help="把案卷印成报告 PDF")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument("-o", "--output", type=Path, metavar="OUT.pdf", help="默认写在案卷旁边")
    one.add_argument("--state", choices=_STATES, default=_STATES[0], help="版本，默认草稿")
    _add_purpose(one)
    one.set_defaults(run=_report)
    one = commands.add_parser("workbook", help="把案卷的计算写成 Excel，公式是活的")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument("-o", "--output", type=Path, metavar="OUT.xlsx", help="默认写在案卷旁边")
    one.set_defaults(run=_workbook)
    one = commands.add_parser("word", help="把报告写成可以改的 Word 文件")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument("-o", "--output", type=Path, metavar="OUT.docx", help="默认写在案卷旁边")
    one.add_argument("--state", choices=_STATES, default=_STATES[0], help="版本，默认草稿")
    _add_purpose(one)
    one.set_defaults(run=_word)
    one = commands.add_parser("page", help="把报告写成一个网页，点数字看来历，不用联网")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument("-o", "--output", type=Path, metavar="OUT.html", help="默认写在案卷旁边")
    one.add_argument("--state", choices=_STATES, default=_STATES[0], help="版本，默认草稿")
    _add_purpose(one)
    one.set_defaults(run=_page)
    one = commands.add_parser("forms", help="把申请表、公示、绩效表、核查表等印成 PDF 或 Excel")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument(
        "-o", "--output", type=Path, metavar="文件夹", help="默认写在案卷旁边的「表格」"
    )
    one.add_argument("--xlsx", action="store_true", help="每张再写一份 Excel")
    one.add_argument("--only", action="append", metavar="表名", help="只要这一张，可以写几次")
    one.set_defaults(run=_forms)
    one = commands.add_parser("template", help="报告模板：加一份，或给案卷选一份")
    one.add_argument("--add", type=Path, metavar="模板.yaml", help="收下一份模板文件")
    one.add_argument("--use", metavar="名字", help="给案卷用这份模板")
    one.add_argument("--none", action="store_true", help="案卷不用模板")
    one.add_argument("file", type=Path, nargs="?", metavar="案卷.cpaudit")
    one.set_defaults(run=_template)
    one = commands.add_parser("restore", help="把最近一份备份放到案卷旁边，另起名字")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.set_defaults(run=_restore)
    one = commands.add_parser("score", help="给一个算例或案卷定级，或者整个文件夹")
    one.add_argument("file", type=Path, help="算例（.yaml）、案卷（.cpaudit）或文件夹")
    one.add_argument("--json", action="store_true", help="写出 JSON，数是准确的分数")
    one.add_argument("--csv", type=Path, metavar="OUT.csv", help="文件夹里每个案卷写一行")
    one.set_defaults(run=_score)


def _add_purpose(one: argparse.ArgumentParser) -> None:
    words = "审核全本（默认）、评估用的（中/高费方案实施前）或验收报告"
    one.add_argument("--for", dest="purpose", choices=_PURPOSES, default=_PURPOSES[0], help=words)


def open_window(options: argparse.Namespace) -> int:
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
        if options.after:
            print(projects.finished_sample(options.directory))
    finally:
        services.close()
    return 0


def _let_pass(options: argparse.Namespace) -> "tuple[Projects, Case, datetime]":
    """The audit to print and the time it is. UserError when the check-up stops the state that is asked for."""
    from app.bootstrap import build_services
    from app.services.check_up import gate, refuse

    projects = build_services().projects
    case, now = projects.cases.read(options.file), clock.now()
    data = projects.cases.catalogue.checkup()
    refuse(gate(case.project, case.assessment, data, state=options.state, today=now.date()))
    return projects, case, now


def _report(options: argparse.Namespace) -> int:
    from app.services.typesetter import shared

    target: Path = options.output or options.file.with_suffix(".pdf")
    if target.suffix.lower() != ".pdf":
        raise UserError(Problem(str(target), "报告是 PDF 文件。", "文件名用 .pdf 结尾。"))
    shared().start()  # loads while the rest of this does, and while the audit is read
    from app.services.report_pictures import pictures_of_file
    from app.services.reporting import unplaced_words, write_report

    projects, case, now = _let_pass(options)
    facts = write_report(
        case.project,
        case.assessment,
        target,
        state=options.state,
        today=now.date(),
        previous=projects.previous_edition(case),
        purpose=options.purpose,
        pictures=pictures_of_file(options.file, case.project),
    )
    if facts.replaced:
        print(f"提示 字体里没有这些字，印成了〓：{'、'.join(facts.replaced)}。", file=sys.stderr)
    if facts.unplaced:
        print(f"提示 {unplaced_words(facts.unplaced)}。", file=sys.stderr)
    print(f"{target}：{facts.pages} 页")
    return 0


def _forms(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.services.form_prints import names_of_forms, write_forms
    from app.services.session import ImmediateExecutor

    folder: Path = options.output or options.file.with_name(f"{options.file.stem} 表格")
    project, assessment = build_services(ImmediateExecutor()).projects.load(options.file)
    today = clock.today()
    known = names_of_forms(project, assessment, today=today)
    for name in options.only or ():
        if name not in known:
            what = f"这个案卷没有这张表，有的是：{'、'.join(known)}。"
            raise UserError(Problem(name, what, "照名字写一张。"))
    for target in write_forms(
        project, assessment, folder, today=today, only=options.only, xlsx=options.xlsx
    ):
        print(target)
    return 0


def _template(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.services.paper_templates import (
        add_template,
        choose_template,
        template_called,
        templates,
    )
    from app.services.session import ImmediateExecutor

    if options.add is not None:
        print(f"已收下：{add_template(options.add).name}")
    if options.use or options.none:
        if options.file is None:
            raise UserError(Problem("案卷", "没有写给哪个案卷", "在最后写上案卷文件"))
        template = None if options.none else template_called(options.use)
        session = build_services(ImmediateExecutor()).projects.open_audit(options.file)
        try:
            choose_template(session, template)
        finally:
            session.close()
        print(options.file)
    elif options.add is None:
        for one in templates():
            print(f"{one.name}　{one.consultant}")
    return 0


def _workbook(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.services.calculation import write_workbook
    from app.services.session import ImmediateExecutor

    target: Path = options.output or options.file.with_suffix(".xlsx")
    project, assessment = build_services(ImmediateExecutor()).projects.load(options.file)
    write_workbook(project, assessment, target)
    print(target)
    return 0


def _word(options: argparse.Namespace) -> int:
    from app.services.report_pictures import pictures_of_file
    from app.services.word import write_word

    target: Path = options.output or options.file.with_suffix(".docx")
    projects, case, now = _let_pass(options)
    write_word(
        case.project,
        case.assessment,
        target,
        state=options.state,
        now=now,
        issued=projects.issued_edition(case),
        previous=projects.previous_edition(case),
        purpose=options.purpose,
        pictures=pictures_of_file(options.file, case.project),
    )
    print(target)
    return 0


def _page(options: argparse.Namespace) -> int:
    from app.services.reader import write_reader_page
    from app.services.report_pictures import pictures_of_file

    target: Path = options.output or options.file.with_suffix(".html")
    projects, case, now = _let_pass(options)
    write_reader_page(
        case.project,
        case.assessment,
        target,
        state=options.state,
        today=now.date(),
        issued=projects.issued_edition(case),
        previous=projects.previous_edition(case),
        purpose=options.purpose,
        pictures=pictures_of_file(options.file, case.project),
    )
    print(target)
    return 0


def _restore(options: argparse.Namespace) -> int:
    from app.bootstrap import build_services
    from app.services.session import ImmediateExecutor

    projects = build_services(ImmediateExecutor()).projects
    found = projects.newest_backup(options.file)
    print(projects.restore(options.file))
    if found is not None:
        when = f"{found.backup.made_at:%Y-%m-%d %H:%M}"
        compared = (
            "原来的案卷读不出来，没法比"
            if found.differing is None
            else f"和原来的案卷有 {found.differing} 处不同"
            if found.differing
            else "和原来的案卷里读得出的回答一样"
        )
        print(f"备份是 {when} 的，{compared}。原来的文件没有动。", file=sys.stderr)
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
