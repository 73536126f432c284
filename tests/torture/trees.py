"""Random changes inside JSON and YAML that keep it well-formed, so that they reach what reads the values; and the kinds of
strangers' files that need them: frozen data, packs, cases, notes of reviewers, measures, small files of the program.
"""

import functools
import json
import random
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from app.storage.catalogue_store import Catalogue

ROOT = Path(__file__).parents[2]
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7.5, 1e308, 10**30, 10**400, "", " ", "x", "0", "-0", "-1", "1e9999999", "9" * 400, "1/0",
    "NaN", "inf", "250/7", "=1+1", "I", "II", "III", "none", "值" * 3000, "\ud800", "\x00", "\u202e", "a\nb", "../x", "/dev/zero",
    "2026-02-30", "9999-12-31", "0001-01-01", "2025", "12%", "≥3", "(", "a/b/c", "energy.bills", [], {}, [None], [[]], {"": ""},
    ["x", "x"], {"text": "x"},
)  # fmt: skip


def changed(tree: Any, dice: random.Random) -> Any:
    """One place of it another: a value odd, gone, twice, or one from elsewhere in it."""
    places: list[tuple[Any, Any]] = []

    def collect(node: Any) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            places.append((node, key))
            if isinstance(value, dict | list):
                collect(value)

    if not isinstance(tree, dict | list):
        return dice.choice(_ODD)
    collect(tree)
    if not places:
        return dice.choice(_ODD)
    node, key = dice.choice(places)
    match dice.randrange(8):
        case 0:
            del node[key]
        case 1 if isinstance(node, list):
            node.insert(key, node[key])
        case 1:
            node[str(dice.choice(("x", "", "id", "值", "a/b")))] = node[key]
        case 2:
            other, place = dice.choice(places)
            node[key] = json.loads(json.dumps(other[place]))  # a copy: no circles
        case 3 if isinstance(node[key], str) and node[key]:
            text = node[key]
            at = dice.randrange(len(text))
            node[key] = text[:at] + str(dice.choice(_ODD)) + text[at + 1 :]
        case 4 if isinstance(node[key], str) and node[key].startswith("{"):
            # JSON inside JSON: frozen data in a package.
            node[key] = json.dumps(changed(json.loads(node[key]), dice), ensure_ascii=False)
        case _:
            node[key] = dice.choice(_ODD)
    return tree


def mutated_json(content: bytes, dice: random.Random) -> bytes:
    tree = json.loads(content)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        try:
            tree = changed(tree, dice)
        except ValueError:
            break  # text that was JSON before
    # As other programs write it: lone surrogates as \ud800, a number of 400 digits as it is.
    return json.dumps(tree, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")


def mutated_yaml(content: bytes, dice: random.Random) -> bytes:
    tree = yaml.safe_load(content)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        tree = json.loads(json.dumps(changed(tree, dice), default=str))
    text: str = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    return text.encode("utf-8", "surrogatepass")


# --- readers


def _package() -> bytes:
    """The data package of a sealed paper of the sample."""
    from app.papers.edition import package_of
    from app.services.cases import Cases
    from app.services.projects import Projects
    from app.services.session import ImmediateExecutor
    from tests.torture.doors import NOW

    catalogue = _catalogue()
    with tempfile.TemporaryDirectory() as name:
        projects = Projects(catalogue, ImmediateExecutor(), lambda: NOW)
        case = Cases(catalogue).read(projects.sample(Path(name))[1])
    return package_of(case.project, case.assessment, state="送审稿", day=date(2026, 11, 29))


@functools.cache
def _catalogue() -> Catalogue:
    from app.bootstrap import load_catalogue

    return load_catalogue()


_seen: list[None] = []


@functools.lru_cache(maxsize=1)
def _cases(_turn: int) -> Any:
    """Keeps the data that were not changed; every few cases anew, so that changed ones do not pile up."""
    from app.services.cases import Cases

    return Cases(_catalogue())


def _case_of(content: bytes) -> tuple[Any, Any]:
    """Project and assessment of a package, as `verify` and the reviewer's copy make them."""
    from app.papers.edition import read_package
    from app.services.verifying import project_of

    cases = _cases(len(_seen) // 20)
    _seen.append(None)
    package = read_package(content)
    project = project_of(package, cases)
    return project, cases.assess(project)


def package(path: Path) -> object:
    """Up to the figures."""
    from app.services.verifying import of_a_stranger

    with of_a_stranger():
        return _case_of(path.read_bytes())


def paper_of_package(path: Path) -> object:
    """Up to the paper and its places."""
    from app.papers.edition import read_package
    from app.papers.places import places_of
    from app.reports.sealed_file import SealedFile
    from app.services.verifying import document_of, of_a_stranger

    content = path.read_bytes()
    package = read_package(content)
    file = SealedFile(True, content, (), (), {})
    with of_a_stranger():
        project, assessment = _case_of(content)
        return places_of(document_of(project, assessment, package, file))


def system(path: Path) -> object:
    """Also written out again: what is taken in must go into the library and into packs."""
    from app.services.systems import read_system_file
    from app.standards.system_json import content_hash, system_from_json, system_to_json

    text = system_to_json(read_system_file(path).system)
    content_hash(text)
    return system_from_json(text)


def pack(path: Path) -> object:
    from app.services.system_packs import read_pack, would_replace
    from app.standards.system_json import content_hash, system_to_json

    found = read_pack(path)
    for one in found.systems:
        content_hash(system_to_json(one))
    return would_replace(found, _catalogue())


def own_system(path: Path) -> object:
    from app.storage.own_systems import read_own

    return read_own(path)


def measures(path: Path) -> object:
    """Read, found and written again."""
    from app.services.own_measures import OwnMeasures

    library = OwnMeasures(path.with_name("measures.json"))
    path.with_name("measures.json").unlink(missing_ok=True)
    library.bring_in(str(path))
    return [one.words for one in library.find("水")]


def notes(path: Path) -> object:
    """Read, written again, and as opinions of an audit."""
    from app.audit.review import Opinion, opinions, to_answer
    from app.forms.answer import AnswerBook
    from app.services.review import read_notes, write_notes

    found = read_notes(path)
    write_notes(path.with_name("again.cpreview"), found)
    some = [
        Opinion(one.id, at, one.text, found.author, one.day, one.place, one.where, one.before, one.page, found.edition)
        for at, one in enumerate(found.notes)
    ]  # fmt: skip
    return opinions(AnswerBook({one.key: to_answer(one) for one in some}))


def replies(path: Path) -> object:
    """What an audit of a stranger holds as opinions."""
    from app.audit.review import REVIEW, opinions
    from app.forms.answer import AnswerBook, Given

    text = path.read_bytes().decode("utf-8", "replace")
    return opinions(AnswerBook({f"{REVIEW}abc123": Given(text)}))


def template(path: Path) -> object:
    from app.services.template_file import read_template

    return read_template(path)


def own_files(path: Path) -> object:
    """The program's own small files in the user's folder: whatever is in them, the program starts."""
    from app import paths
    from app.services.audit_list import AuditList
    from app.services.prints import print_of
    from app.ui.settings import load_settings
    from tests.torture.doors import NOW

    for name in ("settings.json", "library.json", "prints.json"):
        (paths.user_data_dir() / name).write_bytes(path.read_bytes())
    return load_settings(), AuditList(lambda: NOW).summaries(), print_of("x")


def catalogue_files() -> dict[str, tuple[bytes, ...]]:
    """Good ones to change, by kind."""
    from app.services.system_packs import FORMAT

    plain = _catalogue().system_json("pcb-hj450-2008")
    content = {"format": FORMAT, "by": "x", "on": "x", "systems": [json.loads(plain)]}
    option = {
        "title": "少用水", "aspect": "过程", "level": "low", "fields": ["water"], "sectors": ["工业"], "text": "x",
        "formula": "a * 2", "variables": ["a"], "evidence": ["水表"], "initials": "sys", "ratios": ["1/2", "0.9"], "wording": "少 ＿",
    }  # fmt: skip
    note = {"id": "abc123def456", "text": "改", "day": "2026-11-29", "place": "p", "where": "表 1", "before": "1", "page": "3"}  # fmt: skip
    reviewed = {
        "format": "cleanaudit-review/1", "edition": "QS26-XXXX-XXXXC", "firm": "澄岭五金", "author": "王",
        "notes": [note, {**note, "id": "abc123def457"}], "purpose": "审核报告",
    }  # fmt: skip
    opinion = {
        **dict.fromkeys(("text", "author", "day", "place", "where", "before", "page", "edition", "purpose", "reply"), "x"),
        "order": 1, "state": "没答", "evidence": ["a"],
    }  # fmt: skip
    settings = {"theme": "light", "user_name": "x", "column_widths": {"a/b": 3}, "readings": {"a": {"b": "c"}}, "side_open": True}  # fmt: skip
    line = {
        "path": "/x/y.cpaudit", "name": "x", "place": "", "industry": "", "kind": "", "stages": [["A", 0.5]], "done": 0.5,
        "rated": True, "level": "II", "deadline": "2026-12-01", "opened": "2026-11-29T09:00:00+08:00", "minutes": 3,
    }  # fmt: skip
    prints = {"x": {"path": "/x.pdf", "sha256": "0", "page": 1, "zoom": 0}}
    plan = "name: 模板\nconsultant: x\nhead: y\ncover:\n  编号: 1\nqualification:\n  - a\nchapters:\n  审核概况: [x, y]\nlogo: a.png\n"  # fmt: skip

    def texts(*values: object) -> tuple[bytes, ...]:
        return tuple(json.dumps(value, ensure_ascii=False).encode() for value in values)

    from app.services.reporting import PURPOSES

    reviewed["purpose"] = PURPOSES[0]
    cases = ROOT / "tests" / "cases"
    return {
        "system tree": (plain.encode(),),
        "pack tree": texts(content),
        "own system": texts({"initials": "x", "system": json.loads(plain)}),
        "case tree": tuple(path.read_bytes() for path in sorted(cases.glob("*.yaml"))),
        "measures": texts({"format": "cleanaudit-measures-1", "measures": [option, option]}),
        "notes": texts(reviewed),
        "replies": texts(opinion),
        "template": (plan.encode(),),
        "own files": texts(settings, [line, line], prints),
        "package": (_package(),),
    }
