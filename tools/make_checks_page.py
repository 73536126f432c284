"""docs/checks.md from the data: each of the 69 things a reviewer looks at, who sees to it, and by which rules.

python -m tools.make_checks_page            write the page
python -m tools.make_checks_page --check    say whether it is current; write nothing
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from app.paths import resources_dir
from app.standards.checkup_source import load_checkup

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"
_HOW = {"automatic": "自动", "asked": "问用户", "later": "以后"}


def page() -> str:
    data = load_checkup(resources_dir() / "checkup")
    counted = Counter(check.how for check in data.checks)
    sums = "，".join(f"{_HOW[how]} {count}" for how, count in counted.most_common())
    lines = [
        "# What reviewers look at",
        "",
        f"The {len(data.checks)} checks of the domain list: {sums}. 自动 = a rule of the check-up or the program itself sees to it;",
        "问用户 = the user answers it and the check-up sees that it is answered. Made by `python -m tools.make_checks_page` from",
        "`resources/checkup/`; how to add a rule: [architecture.md](architecture.md).",
        "",
        "| 编号 | 方面 | 看什么 | 谁看 | 规则（轻重） | 说明 |",
        "|---|---|---|---|---|---|",
    ]
    for check in data.checks:
        rules = "、".join(
            f"{rule.title}（{rule.severity}）" for rule in data.rules if check.id in rule.checks
        )
        what = check.what.replace("|", "\\|")
        lines.append(
            f"| {check.id} | {check.area} | {what} | {_HOW[check.how]} | {rules} | {check.note} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="check only; write nothing")
    arguments = parser.parse_args()
    made = page()
    if not arguments.check:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == made:
        return 0
    print(
        "docs/checks.md 不是按现在的数据写的：运行 python -m tools.make_checks_page",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
