"""The catalogue as the running program sees it: read-only, one resource at a time, and the user's own systems beside it."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from app.assessment.indicator_system import DocumentKind, Family, IndicatorSystem, Verification
from app.errors import Problem, UserError
from app.forms.checkup_data import CheckupData
from app.forms.front_rules import FrontDoorRules
from app.forms.measure_data import EconomicSettings, OptionLibrary
from app.forms.quantity import DerivationMap, Factor, Quantity
from app.forms.question import Questionnaire
from app.forms.reference import Reference
from app.forms.sample import SampleAudit
from app.standards.form_json import from_json, mapping_from_json
from app.standards.library import (
    SystemSummary,
    find_systems,
    summarise,
)
from app.standards.system_json import content_hash, system_from_json, system_to_json
from app.storage.catalogue_format import APPLICATION_ID, FORMAT
from app.storage.own_systems import OwnSystem, read_own


def open_catalogue(path: Path, own_files: Iterable[Path] = ()) -> "Catalogue":
    """The catalogue at `path`, with the user's own systems (files of app.storage.own_systems) beside it.

    UserError when the catalogue is missing, damaged or of another version. Own files with faults are left out and
    reported in `own_problems`. An own system replaces a built-in one of the same id (a verified copy).
    """
    if not path.is_file():
        raise UserError(
            Problem(
                path.name, "找不到指标体系目录库", "重新安装程序；开发环境运行 python3 dev.py run。"
            )
        )
    # The window opens with this: plain sqlite3, because importing SQLAlchemy takes longer than all the rest of the start.
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
        ) as connection:
            identity = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if (identity, version) != (APPLICATION_ID, FORMAT):
                raise UserError(
                    Problem(
                        path.name, "目录库不是本版程序的", "重新安装程序，不要混用不同版本的文件。"
                    )
                )
            rows = connection.execute(
                "SELECT kind, id, body, sha256 FROM resource ORDER BY position"
            ).fetchall()
            (sources,) = connection.execute(
                "SELECT value FROM meta WHERE key = 'sources'"
            ).fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise UserError(
            Problem(path.name, "目录库已损坏，读不出来", "重新安装程序。案卷不受影响。")
        ) from error
    bodies = {(kind, name): (body, digest) for kind, name, body, digest in rows}
    return Catalogue(bodies, sources, own_files)


class Catalogue:
    """All texts are in memory after opening (under 2 MB); objects are built when first asked for and then kept."""

    def __init__(
        self,
        bodies: Mapping[tuple[str, str], tuple[str, str]],
        sources: str,
        own_files: Iterable[Path],
    ) -> None:
        self._bodies = dict(bodies)
        self._systems: dict[str, IndicatorSystem] = {}
        self._questionnaires: dict[str, Questionnaire] = {}
        self._own: dict[str, SystemSummary] = {}
        self._own_bodies: dict[str, str] = {}
        self.source_fingerprint = sources
        self.own_problems: tuple[Problem, ...] = ()
        for path in own_files:
            self._take_own(path)

    def _take_own(self, path: Path) -> None:
        try:
            own = read_own(path)
        except UserError as error:
            self.own_problems += error.problems
            return
        self.add_own(own)

    def add_own(self, own: OwnSystem, warnings: Iterable[Problem] = ()) -> SystemSummary:
        """Take a user's system into this catalogue (in memory; app.storage.own_systems keeps the file)."""
        system = own.system
        body = system_to_json(system)
        summary = summarise(
            system,
            initials=own.initials,
            sha256=content_hash(body),
            warnings=(str(warning) for warning in warnings),
            own=True,
            industries=self.industries(),
        )
        self._own_bodies[system.id] = body
        self._systems[system.id] = system
        self._own[system.id] = summary
        return summary

    def drop_own(self, system_id: str) -> None:
        """Forget a user's system; a shipped one of the same id is there again."""
        for kept in (self._own, self._own_bodies, self._systems):
            kept.pop(system_id, None)

    @cached_property
    def _built_in(self) -> tuple[SystemSummary, ...]:
        return tuple(
            _summary(body)
            for (kind, _), (body, _) in self._bodies.items()
            if kind == "system_summary"
        )

    def systems(self) -> tuple[SystemSummary, ...]:
        """The library, built-in systems in the order of their ids, own ones in front."""
        own = tuple(self._own.values())
        return own + tuple(item for item in self._built_in if item.id not in self._own)

    def summary(self, system_id: str) -> SystemSummary:
        """KeyError when the catalogue has no such system."""
        for item in self.systems():
            if item.id == system_id:
                return item
        raise KeyError(system_id)

    def find(self, query: str) -> tuple[SystemSummary, ...]:
        """Find as you type: every word must match; see app.standards.library.find_systems."""
        return find_systems(self.systems(), query)

    def system(self, system_id: str) -> IndicatorSystem:
        """KeyError when the catalogue has no such system."""
        if system_id not in self._systems:
            self._systems[system_id] = system_from_json(self.system_json(system_id))
        return self._systems[system_id]

    def system_json(self, system_id: str) -> str:
        """Canonical JSON, as an audit file freezes it. KeyError as above."""
        own = self._own_bodies.get(system_id)
        return self.text("system", system_id) if own is None else own

    def system_hash(self, system_id: str) -> str:
        """sha256 of the canonical JSON. KeyError as above."""
        return content_hash(self.system_json(system_id))

    def industries(self) -> Mapping[str, str]:
        """Names by GB/T 4754 code; names of classes only where a shipped system needs them."""
        return self._industries

    @cached_property
    def _industries(self) -> Mapping[str, str]:
        names: Mapping[str, str] = json.loads(self.text("industries", "all"))
        return names

    def questionnaires(self) -> tuple[Questionnaire, ...]:
        """All question sets."""
        ids = [resource_id for kind, resource_id in self._bodies if kind == "questionnaire"]
        return tuple(self.questionnaire(resource_id) for resource_id in ids)

    def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        """KeyError when there is no such question set."""
        if questionnaire_id not in self._questionnaires:
            self._questionnaires[questionnaire_id] = from_json(
                Questionnaire, self.text("questionnaire", questionnaire_id)
            )
        return self._questionnaires[questionnaire_id]

    @cached_property
    def _quantities(self) -> Mapping[str, Quantity]:
        return mapping_from_json(Quantity, self.text("quantities", "all"))

    def quantities(self) -> Mapping[str, Quantity]:
        """Derived quantities by id."""
        return self._quantities

    @cached_property
    def _checkup(self) -> CheckupData:
        return from_json(CheckupData, self.text("checkup", "all"))

    def checkup(self) -> CheckupData:
        """The rules of the check-up and the table of what reviewers look at."""
        return self._checkup

    @cached_property
    def _factors(self) -> Mapping[str, Factor]:
        return mapping_from_json(Factor, self.text("factors", "all"))

    def factors(self) -> Mapping[str, Factor]:
        """Conversion and emission factors by id."""
        return self._factors

    @cached_property
    def _reference(self) -> Reference:
        return from_json(Reference, self.text("reference", "all"))

    def reference(self) -> Reference:
        """VOC limits, chemicals, packaging rules, water quotas, old series; see app.forms.reference."""
        return self._reference

    @cached_property
    def options(self) -> OptionLibrary:
        """The library of measures, technologies, and when which measure is offered."""
        return from_json(OptionLibrary, self.text("options", "all"))

    def economics(self) -> EconomicSettings:
        """Classes of cost, rates and weights with which measures are judged."""
        settings = self.reference().economics
        assert settings is not None
        return settings

    def derivations(self, system_id: str) -> DerivationMap | None:
        """How indicators of a system follow from answers; None when nothing is derived for it."""
        if ("derivations", system_id) not in self._bodies:
            return None
        return from_json(DerivationMap, self.text("derivations", system_id))

    def basis_text(self, questionnaire_id: str) -> str:
        """What an audit with this question set rests on, as it freezes it (app.services.cases reads it): one canonical JSON
        object of canonical texts, derivation maps by system id. KeyError as above."""
        parts = {
            "questionnaire": self.text("questionnaire", questionnaire_id),
            "quantities": self.text("quantities", "all"),
            "factors": self.text("factors", "all"),
            "reference": self.text("reference", "all"),
        }
        maps = {
            key: text for (kind, key), (text, _) in self._bodies.items() if kind == "derivations"
        }
        return _json_object({**parts, "derivations": _json_object(maps)})

    def front_door_rules(self) -> FrontDoorRules:
        """What follows from the questions of a new audit."""
        return from_json(FrontDoorRules, self.text("front_door", "all"))

    def sample(self, sample_id: str) -> SampleAudit:
        """A shipped sample audit. KeyError when there is no such sample."""
        return from_json(SampleAudit, self.text("sample", sample_id))

    def text(self, kind: str, resource_id: str) -> str:
        """The canonical JSON of any resource. KeyError when there is none."""
        return self._bodies[kind, resource_id][0]


def _json_object(texts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(key)}:{texts[key]}" for key in sorted(texts)) + "}"


def _summary(body: str) -> SystemSummary:
    data = json.loads(body)
    data["kind"] = DocumentKind(data["kind"])
    data["family"] = Family(data["family"])
    data["states"] = {state: data["states"][state.value] for state in Verification}
    data["tables"] = tuple((table_id, title) for table_id, title in data["tables"])
    for key in ("fields", "industry_codes", "gaps", "warnings", "supersedes", "industry_names"):
        data[key] = tuple(data[key])
    return SystemSummary(**data)
