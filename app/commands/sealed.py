"""Commands about sealed papers: verify."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from app.commands.words import Commands

_DIFFERENT = 3


def add_sealed(commands: Commands) -> None:
    """verify FILE.pdf [FILE.cpaudit]: exit 0 一致, 3 with every difference, 2 when there is nothing to compare."""
    one = commands.add_parser("verify", help="核验封存的报告：和封存时、和案卷一致不一致")
    one.add_argument("file", type=Path, metavar="报告.pdf")
    one.add_argument("audit", type=Path, nargs="?", metavar="案卷.cpaudit")
    one.add_argument("--json", action="store_true", help="写出 JSON")
    one.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    from app.bootstrap import load_catalogue
    from app.services.cases import Cases
    from app.services.verifying import verify

    verdict = verify(options.file, options.audit, Cases(load_catalogue()))
    if options.json:
        print(json.dumps({**asdict(verdict), "same": verdict.same}, ensure_ascii=False, indent=1))
    else:
        print(f"定稿号 {verdict.number}　{verdict.firm}　{verdict.state}　{verdict.day}")
        print(f"数据包 SHA-256 {verdict.sha256}")
        if verdict.same:
            print("一致" + (f"（和案卷 {verdict.compared_with} 也一致）" if options.audit else ""))
        for line in verdict.differences:
            print(f"不一致　{line}")
    return 0 if verdict.same else _DIFFERENT
