"""What the papers of the project name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assessment.indicator_system import Verification
from app.standards.form_source import load_forms
from app.standards.reference_source import load_reference

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "installer/*.md", "resources/*/README.md")
    for path in ROOT.glob(pattern)
)
MADE = ("bom.cdx.json",)  # by the commands, like everything in build/
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#:]+)\)")
_PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*(?:/|\.(?:py|yaml|json|md|qss|sh|spec))")


def _named(text: str) -> Iterator[str]:
    """Links, and the words in `code` that look like a file or a folder."""
    yield from _LINK.findall(text)
    for code in _CODE.findall(text):
        yield from (word for word in code.split() if _PATH.fullmatch(word))


def _is_there(document: Path, name: str) -> bool:
    """Seen from the top, from app/, or from the document's own folder; the name of a module alone is enough."""
    if name.startswith("build/") or name in MADE:
        return True
    folder, _, last = name.rstrip("/").rpartition("/")
    stem = last.partition(".")[0]
    if stem.isupper() or not stem.isascii():
        name = folder  # NAME.yaml, 名字.yaml: whatever one calls it
    if not name:
        return True
    if any(any(place.glob(name.rstrip("/"))) for place in (ROOT, ROOT / "app", document.parent)):
        return True
    # never below the top folder: the environment and what was built there are not the project's
    below = {ROOT / "app", document.parent} - {ROOT}
    return "/" not in name and any(any(place.rglob(name)) for place in below)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not {name for name in _named(text) if not _is_there(document, name)}


def test_the_check_of_paths_sees_what_is_gone() -> None:
    text = "a [picture](docs/images/none.png), `python3 tools/none.py --check`, `none.yaml`, `1/2`"
    found = list(_named(text))
    assert found == ["docs/images/none.png", "tools/none.py", "none.yaml"]
    assert not any(_is_there(ROOT / "README.md", name) for name in found)


def test_the_counts_in_the_changelog_are_those_of_the_data() -> None:
    text = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    maps = load_forms(ROOT / "resources").derivations
    documents = sum(any(one.indicators.values()) for one in maps.values())
    from_questions = sum(len(ids) for one in maps.values() for ids in one.indicators.values())
    assert f"{from_questions} quantitative indicators of {documents} documents" in text
    systems = list((ROOT / "resources" / "indicator_systems").glob("*.yaml"))
    assert f"**{len(systems)} published documents**" in text
    reference = load_reference(ROOT / "resources" / "reference")
    limits = [limit.verification for limit in reference.voc_limits]
    standards = {limit.standard for limit in reference.voc_limits}
    assert f"{len(limits)} limits of {len(standards)} standards" in text
    assert f"({limits.count(Verification.TRANSCRIBED)} transcribed" in text
    assert f"{limits.count(Verification.RECALLED)} from memory" in text
    assert f"{len(reference.chemicals)} chemicals" in text
    assert f"{len(reference.package_classes)} classes" in text
