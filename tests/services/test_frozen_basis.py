"""Frozen data with fields this program does not know, or without some it needs: said plainly, never other figures."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import build_services
from app.errors import UserError
from app.forms.answer import AnswerBook, Given
from app.services.cases import basis_from_text
from app.services.projects import Projects
from app.services.scoring import Scorer, assessment_to_plain
from app.services.session import ImmediateExecutor
from app.standards import form_json
from app.storage import opening
from app.storage.audit_reader import read_audit
from app.storage.contents import FrozenSystem

Plain = dict[str, Any]


def _question(plain: Plain) -> Plain:
    """The first question of the first page."""
    found: Plain = plain["questionnaire"]["stages"][0]["pages"][0]["cards"][0]["items"][0]
    return found


def _quantity(plain: Plain) -> Plain:
    found: Plain = next(iter(plain["quantities"].values()))
    return found


CHANGES: dict[str, Callable[[Plain], object]] = {
    "a field more in a question": lambda plain: _question(plain).update(colour="red"),
    "a field renamed in a question": lambda plain: _question(plain).update(
        heading=_question(plain).pop("title")
    ),
    "a field gone from a question": lambda plain: _question(plain).pop("id"),
    "a kind of question nobody knows": lambda plain: _question(plain).update(kind="hologram"),
    "a class nobody knows": lambda plain: _question(plain).update({"is": "Hologram"}),
    "a field more in a quantity": lambda plain: _quantity(plain).update(rounding="up"),
    "a field gone from a quantity": lambda plain: _quantity(plain).pop("id"),
    "no quantities": lambda plain: plain.pop("quantities"),
    "no factors": lambda plain: plain.pop("factors"),
    "no reference": lambda plain: plain.pop("reference"),
    "a list where names must be": lambda plain: plain.update(quantities=[]),
    "nothing": lambda plain: plain.clear(),
    # Well-formed, and leads nowhere.
    "quantities that lead nowhere": lambda plain: plain["quantities"].clear(),
}


@pytest.fixture
def projects() -> Iterator[Projects]:
    """What was read under a name of this test's own is not to be known by the next."""
    basis_from_text.cache_clear()
    yield build_services(ImmediateExecutor()).projects
    basis_from_text.cache_clear()


def with_basis(source: Path, target: Path, text: str) -> Path:
    """The same audit resting on other data, sealed as the program seals it."""
    stored = read_audit(source)
    basis = FrozenSystem("@basis", text)
    answers = {**stored.book.answers, "audit.basis": Given(basis.hash)}
    opening.create(
        target,
        answers=AnswerBook(answers, stored.book.rows),
        system=stored.system,
        basis=basis,
        meta={"audit_id": "x", "questionnaire": stored.meta["questionnaire"]},
        who="何敏",
        when=datetime(2026, 11, 29, tzinfo=UTC),
    ).close()
    return target


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_said_and_nothing_is_guessed(name: str, projects: Projects, tmp_path: Path) -> None:
    source = projects.sample(tmp_path)[1]
    stored = read_audit(source)
    assert stored.basis is not None
    plain: Plain = json.loads(stored.basis.json)
    CHANGES[name](plain)
    path = with_basis(source, tmp_path / "别版.cpaudit", json.dumps(plain, ensure_ascii=False))
    content = path.read_bytes()
    for door in (projects.open_audit, projects.load, Scorer(projects.cases.catalogue).assess):
        with pytest.raises(UserError, match="另一版清审通"):
            door(path)
    assert path.read_bytes() == content


def test_a_field_that_was_renamed_is_read_under_its_old_name(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = projects.sample(tmp_path)[1]
    stored = read_audit(source)
    assert stored.basis is not None
    plain: Plain = json.loads(stored.basis.json)
    CHANGES["a field renamed in a question"](plain)
    path = with_basis(source, tmp_path / "旧版.cpaudit", json.dumps(plain, ensure_ascii=False))
    monkeypatch.setattr(form_json, "RENAMED", {"Question": {"heading": "title"}})
    scorer = Scorer(projects.cases.catalogue)
    assert assessment_to_plain(*scorer.assess(path)) == assessment_to_plain(*scorer.assess(source))
