"""Rules about our own source that no tool checks by itself."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def _imported_roots(path: Path) -> Iterator[str]:
    for node in ast.walk(_parsed(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


def _float_uses(source: str) -> list[str]:
    """Places where binary floating point enters: literals such as 0.5, and the name float itself.

    `isinstance(value, float)` is allowed: it is how a float from outside is recognised.
    """
    tree = _parsed(source)
    recognising = {
        id(name)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "isinstance"
        for name in ast.walk(call)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: literal {node.value}")
        elif isinstance(node, ast.Name) and node.id == "float" and id(node) not in recognising:
            found.append(f"line {node.lineno}: float")
    return found


def test_dev_script_needs_nothing_but_the_standard_library() -> None:
    assert set(_imported_roots(ROOT / "dev.py")) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("package", ["assessment", "forms", "audit"])
def test_no_float_in_the_packages_that_make_figures(package: str) -> None:
    # Charts turn exact figures into positions on paper; nothing comes back from there.
    drawn = ROOT / "app" / "audit" / "charts"
    faults = {
        path.relative_to(ROOT).as_posix(): uses
        for path in sorted((ROOT / "app" / package).rglob("*.py"))
        if drawn not in path.parents
        if (uses := _float_uses(path.read_text(encoding="utf-8")))
    }
    assert not faults


@pytest.mark.parametrize("source", ["x = float('1')", "x = 0.5 * y", "def f(x: float): ..."])
def test_float_rule_sees(source: str) -> None:
    assert _float_uses(source)


@pytest.mark.parametrize("source", ["Fraction(1, 2)", "'float 0.5'", "isinstance(x, int | float)"])
def test_float_rule_lets_pass(source: str) -> None:
    assert not _float_uses(source)


# Asked by tests about a window from outside; the library calls what it names itself.
ASKED_FROM_OUTSIDE = {
    "ignore_aliases",
    "handle_starttag",
    "handle_endtag",
    "handle_data",
    "_drawCell",
}


def _defined(tree: ast.Module) -> Iterator[str]:
    """Functions, classes, constants of modules, fields of classes (members of an enum are read from data)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if not isinstance(node, ast.Module | ast.ClassDef):
            continue
        for line in node.body:
            match line:
                case ast.Assign(targets=[ast.Name(id=name)]) if isinstance(node, ast.Module):
                    yield name
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call()):
                    yield name  # a signal
                case ast.AnnAssign(target=ast.Name(id=name)):
                    yield name
                case _:
                    pass


def test_nothing_in_the_program_is_left_over() -> None:
    """A name that stands in app/ once only is used by nobody. Names like paintEvent are called by Qt and ReportLab."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")]
    words = Counter(word for source in sources for word in re.findall(r"\w+", source))
    # Rules of the check-up name their tests in data.
    words.update(re.findall(r"\w+", (ROOT / "resources/checkup/rules.yaml").read_text("utf-8")))
    names = {name for source in sources for name in _defined(_parsed(source))}
    from_qt = re.compile(r"[a-z]+[A-Z]\w*|__\w+__")
    unused = {name for name in names if words[name] == 1 and not from_qt.fullmatch(name)}
    assert unused == ASKED_FROM_OUTSIDE


def _changes_made(source: str) -> list[str]:
    """Places where a change of the answers is put together or recorded by hand."""
    return [
        f"line {node.lineno}: {name}"
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.Call)
        and (
            name := node.func.attr
            if isinstance(node.func, ast.Attribute)
            else getattr(node.func, "id", "")
        )
        in ("Change", "RowsChange", "Act", "record")
    ]


def test_screens_do_acts_of_the_services_and_make_none() -> None:
    """What a user does is a function of app.services, so that commands and tests can do it too."""
    made = {
        path.relative_to(ROOT).as_posix(): found
        for path in sorted((ROOT / "app" / "ui").rglob("*.py"))
        if (found := _changes_made(path.read_text(encoding="utf-8")))
    }
    assert list(made) == ["app/ui/session.py"], made  # hands an act on


@pytest.mark.parametrize("source", ["Change(k, a, b)", "answer.RowsChange(t, a, b)", "m.record(c)"])
def test_the_rule_of_acts_sees(source: str) -> None:
    assert _changes_made(source)


_HAN = re.compile("[\u3400-\u9fff：；。，、]")
_LOOKS = {"startswith", "endswith", "partition", "rpartition", "split", "find", "index"}
_OWN_WORDS = ("assessment", "forms", "audit", "measures", "checkup", "papers", "services", "ui")
# What people type or a document prints is read by its words; nothing the program itself says is.
_READS_WORDS = {
    "forms/cell_words.py", "forms/parse.py",
    "assessment/plausible.py", "assessment/units.py",
    "audit/chemicals.py", "audit/measures.py", "audit/wording.py",
    "checkup/rules.py", "checkup/rules_cited.py", "checkup/rules_claims.py", "checkup/rules_plan.py", "checkup/rules_shares.py",
    "checkup/rules_said.py", "checkup/rules_site.py", "checkup/rules_text.py", "checkup/rules_unlikely.py", "checkup/rules_words.py",
    "measures/model.py",
    "services/anonymous.py", "services/own_measures.py", "services/system_editing.py",
    "papers/chapters/front.py", "papers/measure_rows.py",
}  # fmt: skip
# A stop or a break that is put where a sentence has none: how it looks, not what is done.
_SETS_WORDS = {
    "checkup/concern.py", "papers/answers.py", "papers/question_pages.py", "papers/chapters/options.py",
    "papers/chapters/sources.py", "ui/fields/control.py", "ui/fields/figures.py", "ui/pages/form_page.py",
    "ui/pages/measure_path.py", "ui/standards/system_table.py", "ui/tables/model.py",
}  # fmt: skip


def _steering(source: str) -> list[str]:
    """Places where what is done hangs on Chinese words: compared with, looked for, split at."""

    def is_words(node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and bool(_HAN.search(node.value))
        )

    found = []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Compare) and any(map(is_words, (node.left, *node.comparators))):
            found.append(f"line {node.lineno}: compared")
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _LOOKS
            and any(is_words(one) for one in ast.walk(node) if isinstance(one, ast.expr))
        ):
            found.append(f"line {node.lineno}: {node.func.attr}")
    return found


def test_words_do_not_steer() -> None:
    """Reasons, refusals, warnings and conditions are codes with arguments; their words can change, or be of another language."""
    app = ROOT / "app"
    found = {
        path.relative_to(app).as_posix(): uses
        for package in _OWN_WORDS
        for path in sorted((app / package).rglob("*.py"))
        if "reading" not in path.parts and (uses := _steering(path.read_text(encoding="utf-8")))
    }
    unknown = {name: uses for name, uses in found.items() if name not in _READS_WORDS | _SETS_WORDS}
    assert not unknown


@pytest.mark.parametrize(
    "source", ["x == '没有产量'", "'隐藏' in note", "t.partition('：')", "t.startswith('没有')"]
)
def test_the_rule_of_words_sees(source: str) -> None:
    assert _steering(source)


# Doors: where whatever goes wrong is handed on, or put into the log and said.
_DOORS = {
    "__main__.py", "selftest.py", "bills/worker.py", "exchange/apart.py", "exchange/bill_sheet.py", "exchange/read_workbook.py",
    "reports/sealed_file.py", "services/cases.py", "services/scoring.py", "services/session.py",
    "services/verifying.py", "ui/tasks.py",
}  # fmt: skip


def _catches_all(source: str) -> list[str]:
    """Handlers of every exception that neither pass it on at their end (after cleaning up) nor begin by passing on what
    they do not know."""

    def is_wide(kind: ast.expr | None) -> bool:
        kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
        return any(
            one is None or (isinstance(one, ast.Name) and one.id in ("Exception", "BaseException"))
            for one in kinds
        )

    def passes_on(body: list[ast.stmt]) -> bool:
        if isinstance(body[-1], ast.Raise) and body[-1].exc is None:
            return True
        return any(
            isinstance(one, ast.If)
            and isinstance(one.body[-1], ast.Raise)
            and one.body[-1].exc is None
            and "KeyboardInterrupt" not in ast.unparse(one.test)
            for one in body
        )

    tree = _parsed(source)
    found = [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and is_wide(node.type) and not passes_on(node.body)
    ]
    return found + [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "suppress"
        and any(is_wide(one) for one in node.args)
    ]


def test_every_exception_is_caught_at_doors_only() -> None:
    app = ROOT / "app"
    found = {
        path.relative_to(app).as_posix(): lines
        for path in sorted(app.rglob("*.py"))
        if (lines := _catches_all(path.read_text(encoding="utf-8")))
    }
    assert set(found) == _DOORS, found


@pytest.mark.parametrize(
    ("handler", "is_found"),
    [
        ("except Exception: pass", True),
        ("except (ValueError, Exception): pass", True),
        ("except: pass", True),
        ("except BaseException:\n  close()\n  raise", False),
        ("except Exception as e:\n  if not known(e):\n    raise\n  say(e)", False),
        ("except ValueError: pass", False),
    ],
)
def test_the_rule_of_doors_sees(handler: str, is_found: bool) -> None:
    assert bool(_catches_all(f"try:\n  work()\n{handler}\n")) is is_found


# Called by argparse and ReportLab.
_CALLED_BY_LIBRARIES = {
    "format_help",
    "format_usage",
    "handle_pageBegin",
    "handle_pageEnd",
    "_calc",
}


_FEW = 12
"""A name used more often is not used by itself alone."""


def test_every_function_and_class_is_used_by_code() -> None:
    """Neither a mention in a comment nor its calling itself keeps one alive; names in strings count, data name functions."""
    trees = [_parsed(path.read_text("utf-8")) for path in (ROOT / "app").rglob("*.py")]
    used: Counter[str] = Counter()
    by_itself: Counter[str] = Counter()

    def names_in(tree: ast.AST) -> Iterator[str]:
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name
                case ast.Constant(value=str(text)) if text.isidentifier():
                    yield text
                case _:
                    pass

    defined = set()
    for tree in trees:
        used.update(names_in(tree))
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined.add(node.name)
                if used[node.name] < _FEW:
                    by_itself[node.name] += sum(name == node.name for name in names_in(node))
    data = (ROOT / "resources/checkup/rules.yaml").read_text("utf-8")
    used.update(re.findall(r"\w+", data))
    from_qt = re.compile(r"[a-z]+[A-Z]\w*|__\w+__")
    unused = {
        name for name in defined if used[name] <= by_itself[name] and not from_qt.fullmatch(name)
    }
    assert unused - _CALLED_BY_LIBRARIES == ASKED_FROM_OUTSIDE


def test_every_shipped_dependency_is_named_in_the_notices_with_its_locked_version() -> None:
    notices = (ROOT / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8")
    named = {
        (name.lower(), version)
        for name, version in re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|", notices, re.M)
    }
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9_.-]+)==([^\s;]+)", lock, re.M))
    assert locked - named == set()
    assert len(locked) >= 10


def test_locks_carry_hashes_and_agree_on_shipped_versions() -> None:
    texts = [
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    shipped, all_pinned = (
        dict(re.findall(r"^([a-z0-9_.-]+)==([^\s;]+)", text, re.M)) for text in texts
    )
    assert shipped.items() <= all_pinned.items()
    for text in texts:
        assert "://" not in text
        for block in re.split(r"\n(?=\S)", text):
            assert "==" not in block or "--hash=sha256:" in block, block


def test_qt_stays_at_the_version_that_does_not_abort() -> None:
    assert "pyside6-essentials==6.9.3" in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" in project["dynamic"]
    assert "dependencies" in project["dynamic"]


def test_who_asks_the_machine_what_day_it_is() -> None:
    """One place, so that tests of what depends on the day pass on any day."""
    asking = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "app").rglob("*.py"))
        if re.search(r"datetime\.now\(|date\.today\(|utcnow\(|currentDate", path.read_text("utf-8"))
    ]
    assert asking == ["app/clock.py"]


def test_who_makes_trees_of_source() -> None:
    """Python before 3.12 fails where a collection comes in the middle (app.forms.syntax_tree)."""
    making = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "app").rglob("*.py"))
        if re.search(r"ast\.parse\(|literal_eval\(", path.read_text("utf-8"))
    ]
    assert making == ["app/forms/syntax_tree.py"]
