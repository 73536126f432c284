"""check FILE: what is wrong or odd with an audit, as one list."""

import argparse
import json
from pathlib import Path

from app import clock
from app.commands.words import Commands

_BLOCKED = 3


def add_check(commands: Commands) -> None:
    """check FILE [--json]: exit 0 nothing blocks, 3 something does, 2 the file cannot be read."""
    one = commands.add_parser("check", help="体检：案卷里错的、怪的、缺的，一张单子")
    one.add_argument("file", type=Path, metavar="案卷.cpaudit")
    one.add_argument("--json", action="store_true", help="写出 JSON")
    one.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.checkup.concern import Severity
    from app.services.cases import Cases
    from app.services.check_up import concerns_of, said, with_paper

    catalogue = load_catalogue()
    case = Cases(catalogue).read(options.file)
    project, assessment, today = case.project, case.assessment, clock.today()
    data = catalogue.checkup()
    concerns = concerns_of(project, assessment, data, today)
    concerns = with_paper(concerns, project, assessment, state="送审稿", today=today)
    words = [(one, said(one, data, project)) for one in concerns]
    if options.json:
        listed = [
            {
                "rule": one.rule,
                "severity": one.severity.value,
                "keys": list(one.keys),
                "text": str(text),
            }
            for one, text in words
        ]
        print(json.dumps({"concerns": listed}, ensure_ascii=False, indent=1))
    else:
        marks = {Severity.BLOCK: "必改　", Severity.WARN: "请确认", Severity.INFO: "提示　"}
        for one, text in words:
            print(f"{marks[one.severity]}　{text}")
        if not words:
            print("没有发现问题")
    return _BLOCKED if any(one.severity is Severity.BLOCK for one in concerns) else 0
