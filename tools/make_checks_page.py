"""docs/checks.md from the data: each of the 69 things a reviewer looks at, who sees to it, and by which rules.

python -m tools.make_checks_page            write the page
python -m tools.make_checks_page --check    say whether it is current; write nothing
"""

from collections import Counter
from pathlib import Path

from app.paths import resources_dir
from app.standards.checkup_source import load_checkup
from tools.made_page import run

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


if __name__ == "__main__":
    raise SystemExit(run(PAGE, page(), __doc__ or "", "tools.make_checks_page"))
