"""The one place that puts a case together: answers, the data they rest on, the system, and what follows.

Window, papers, `score`, folder scores and the check-up all come through here, so that they cannot differ.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from app.assessment.indicator_system import IndicatorSystem
from app.assessment.result import Assessment
from app.audit.basis import Basis
from app.audit.findings import assess_project
from app.audit.own_ties import with_own_ties
from app.audit.project import AuditProject, build_project
from app.errors import Problem, UserError
from app.forms.answer import AnswerBook
from app.forms.quantity import DerivationMap, Factor, Quantity
from app.forms.question import Questionnaire
from app.forms.reference import Reference
from app.services.damage import in_words
from app.services.tables import table_of
from app.standards.form_json import from_plain
from app.standards.system_json import content_hash, system_from_json
from app.storage.audit_reader import StoredAudit, read_audit
from app.storage.catalogue_store import Catalogue

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Case:
    """One audit with everything its results rest on. assessment: None while no system is chosen."""

    project: AuditProject
    assessment: Assessment | None
    stored: StoredAudit


class Cases:
    """Puts cases together with one catalogue. Keeps the systems and data it has read, so that a folder of audits that
    share them reads each once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._systems: dict[str, IndicatorSystem] = {}
        self._bases: dict[str, Basis] = {}
        self._present: dict[str, Basis] = {}  # by question set

    # -- what is read once

    def present_basis_text(self, questionnaire_id: str) -> str:
        """The catalogue's data for a question set, as an audit freezes it. UserError when this program lacks the set."""
        try:
            return self.catalogue.basis_text(questionnaire_id)
        except KeyError:
            what = f"案卷的问题集「{questionnaire_id}」这个程序里没有。"
            raise UserError(Problem("", what, "装上新版清审通再打开；案卷没有改动。")) from None

    def present_basis(self, questionnaire_id: str) -> Basis:
        """The same, read. UserError as above."""
        if questionnaire_id not in self._present:
            self._present[questionnaire_id] = self.basis(self.present_basis_text(questionnaire_id))
        return self._present[questionnaire_id]

    def basis(self, text: str) -> Basis:
        """Data from their frozen text, read once."""
        digest = content_hash(text)
        if digest not in self._bases:
            with _understood("题目和系数"):
                self._bases[digest] = basis_from_text(text, digest)
        return self._bases[digest]

    def system(self, text: str) -> IndicatorSystem:
        """A system from its frozen text, read once."""
        digest = content_hash(text)
        if digest not in self._systems:
            with _understood("指标体系"):
                self._systems[digest] = system_from_json(text)
        return self._systems[digest]

    # -- cases

    def project(
        self,
        book: AnswerBook,
        basis: Basis,
        system: IndicatorSystem | None,
        system_hash: str = "",
        where: str = "",
    ) -> AuditProject:
        """The audit for these answers. UserError when the tables chosen do not go with the system, and when frozen data of
        another program do not fit each other."""
        with self._fitting(basis.questionnaire.id, basis.hash, system, system_hash):
            return build_project(
                book,
                basis.questionnaire,
                basis.quantities,
                basis.factors,
                system=system,
                system_hash=system_hash if system is not None else "",
                table_id=table_of(book, system, where) if system is not None else "",
                derivation_map=_map_of(basis, system) if system is not None else None,
                rules=basis.rules,
                basis_hash=basis.hash,
                law=basis.reference.law,
                reference=basis.reference,
                basis_text=basis.text,
            )

    def assess(self, project: AuditProject) -> Assessment | None:
        """None while no system is chosen. UserError when frozen data of another program do not fit each other."""
        if project.system is None:
            return None
        questionnaire_id = project.questionnaire.id
        with self._fitting(
            questionnaire_id, project.basis_hash, project.system, project.system_hash
        ):
            return assess_project(project)

    @contextmanager
    def _fitting(
        self, questionnaire_id: str, basis_hash: str, system: IndicatorSystem | None, digest: str
    ) -> Iterator[None]:
        """An error while data of this program are used is a bug and stays one. Data of another edition, or of somebody who
        wrote a file by hand, may be well-formed and lead nowhere; that is found where they are used."""
        try:
            yield
        except UserError:
            raise
        except Exception as error:
            if self._is_ours(questionnaire_id, basis_hash, system, digest):
                raise
            _LOG.warning("frozen data do not fit: %s", type(error).__name__)
            raise _not_understood("题目、系数或指标体系") from error

    def _is_ours(
        self, questionnaire_id: str, basis_hash: str, system: IndicatorSystem | None, digest: str
    ) -> bool:
        try:
            if content_hash(self.present_basis_text(questionnaire_id)) != basis_hash:
                return False
            return system is None or content_hash(self.catalogue.system_json(system.id)) == digest
        except (UserError, KeyError):
            return False

    def read(self, path: Path) -> Case:
        """What is in an audit file; the file is only read, not held. UserError when it cannot be opened."""
        with in_words(self.catalogue):
            stored = read_audit(path, {*self._systems, *self._bases})
        if stored.basis is not None:
            basis = self.basis(stored.basis.json)
        elif stored.basis_hash:
            basis = self._bases[stored.basis_hash]
        else:
            basis = self.present_basis(stored.meta.get("questionnaire", ""))
        system: IndicatorSystem | None = None
        if stored.system is not None:
            system = self.system(stored.system.json)
        elif stored.system_hash:
            system = self._systems[stored.system_hash]
        project = self.project(stored.book, basis, system, stored.system_hash, path.name)
        return Case(project, self.assess(project), stored)


def _map_of(basis: Basis, system: IndicatorSystem) -> DerivationMap | None:
    return with_own_ties(basis.derivations.get(system.id), system, basis.quantities)


@contextmanager
def _understood(what: str) -> Iterator[None]:
    """A frozen text that was proved by its hash and still cannot be read is of another edition of the program: fields it
    does not know, or misses. Nothing of it is left out or guessed: figures would be others. UserError."""
    try:
        yield
    except Exception as error:
        _LOG.warning("frozen text not understood", exc_info=error)
        raise _not_understood(what) from error


def _not_understood(what: str) -> UserError:
    return UserError(
        Problem(
            "",
            f"案卷里冻结的{what}这个程序读不全，没有打开，免得算出别的数来："
            "它是另一版清审通写的，或者被别的程序改过。",
            "装上写它的那一版或更新的清审通再打开；这个文件没有改动，也没有损坏。",
        )
    )


@lru_cache(maxsize=8)  # of megabytes, and never another for the same text
def basis_from_text(text: str, digest: str) -> Basis:
    """The data `Catalogue.basis_text` wrote. ProgramError when the text is of another kind."""
    plain = json.loads(text)
    return Basis(
        from_plain(Questionnaire, plain["questionnaire"]),
        _by_id(Quantity, plain["quantities"]),
        _by_id(Factor, plain["factors"]),
        _by_id(DerivationMap, plain["derivations"]),
        from_plain(Reference, plain["reference"]),
        digest,
        text,
    )


def _by_id(kind: type[_T], plain: Mapping[str, object]) -> dict[str, _T]:
    return {key: from_plain(kind, value) for key, value in plain.items()}
