"""Commands about sealed papers and what reviewers say of them: verify, replies."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from app import clock
from app.commands.words import Commands

_DIFFERENT = 3


def add_sealed(commands: Commands) -> None:
    """verify FILE.pdf [FILE.cpaudit]: exit 0 一致, 3 with every difference, 2 when there is nothing to compare. replies FILE."""
    one = commands.add_parser("verify", help="核验封存的报告：和封存时、和案卷一致不一致")
    one.add_argument("file", type=Path, metavar="报告.pdf")
    one.add_argument("audit", type=Path, nargs="?", metavar="案卷.cpaudit")
    one.add_argument("--json", action="store_true", help="写出 JSON")
    one.set_defaults(run=_verify)
    one = commands.add_parser("replies", help="把审阅意见和回复写成修改对照表")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument(
        "-o", "--output", type=Path, metavar="OUT.docx", help=".docx 或 .pdf，默认写在案卷旁边"
    )
    one.set_defaults(run=_replies)


def _verify(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.cases import Cases
    from app.services.verifying import verify

    verdict = verify(options.file, options.audit, Cases(load_catalogue()))
    if options.json:
        print(json.dumps({**asdict(verdict), "same": verdict.same}, ensure_ascii=False, indent=1))
    else:
        print(f"封存编号 {verdict.number}　{verdict.firm}　{verdict.state}　{verdict.day}")
        print(f"数据包 SHA-256 {verdict.sha256}")
        if verdict.same:
            print("一致" + (f"（和案卷 {verdict.compared_with} 也一致）" if options.audit else ""))
        for line in verdict.notes:
            print(f"注意　{line}")
        for line in verdict.differences:
            print(f"不一致　{line}")
    return 0 if verdict.same else _DIFFERENT


def _replies(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.cases import Cases
    from app.services.review import write_replies

    case = Cases(load_catalogue()).read(options.file)
    target = options.output or options.file.with_name(f"{options.file.stem} 修改对照表.docx")
    print(write_replies(case.project, case.assessment, target, now=clock.now()))
    return 0
