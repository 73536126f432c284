"""resources/**/*.yaml -> catalogue.sqlite: checked once, compiled to canonical JSON, the same bytes from the same sources."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from app.errors import Problem, UserError
from app.standards.checkup_source import load_checkup
from app.standards.form_json import to_json
from app.standards.form_source import load_forms
from app.standards.industries import load_industries
from app.standards.library import SystemSummary, pinyin_initials, summarise
from app.standards.measure_source import load_library
from app.standards.reference_source import load_reference
from app.standards.system_json import content_hash, system_to_json
from app.standards.system_reader import LoadedSystem
from app.standards.yaml_source import load_system_file
from app.storage.catalogue_format import APPLICATION_ID, FORMAT
from app.storage.catalogue_tables import META, METADATA, RESOURCE

# What code turns the YAML into; a change of any of it makes a built catalogue old.
_BUILDERS = ("standards", "forms", "assessment")


@dataclass(frozen=True)
class Built:
    """What one build took in. warnings: what the loader allowed, each with its place."""

    target: Path
    systems: int
    warnings: tuple[Problem, ...]


def build_catalogue(resources: Path, target: Path) -> Built:
    """Write the catalogue and its hash beside it (`<target>.sha256`). UserError with every problem of every source."""
    systems, problems = load_systems(resources / "indicator_systems")
    rows: list[dict[str, object]] = []
    try:
        rows.extend(_form_rows(resources))
    except UserError as error:
        problems.extend(error.problems)
    industries: Mapping[str, str] = {}
    try:
        industries = load_industries(resources / "industries.yaml")
    except UserError as error:
        problems.extend(error.problems)
    if problems:
        raise UserError(*problems)
    rows.append(
        _row(
            "industries",
            "all",
            "行业代码",
            json.dumps(industries, ensure_ascii=False, sort_keys=True),
        )
    )
    warnings: list[Problem] = []
    for loaded in systems:
        body = system_to_json(loaded.system)
        summary = summarise(
            loaded.system,
            initials=pinyin_initials(loaded.system.title),
            sha256=content_hash(body),
            warnings=(str(warning) for warning in loaded.warnings),
            industries=industries,
        )
        rows.append(_row("system", loaded.system.id, loaded.system.title, body))
        rows.append(
            _row("system_summary", loaded.system.id, loaded.system.title, summary_json(summary))
        )
        warnings.extend(loaded.warnings)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    _write(beside, rows, source_fingerprint(resources))
    digest = hashlib.sha256(beside.read_bytes()).hexdigest()
    os.replace(beside, target)
    hash_file(target).write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    return Built(target, len(systems), tuple(warnings))


def hash_file(catalogue: Path) -> Path:
    """Where the sha256 of a built catalogue is kept."""
    return catalogue.with_name(catalogue.name + ".sha256")


def load_systems(folder: Path) -> tuple[list[LoadedSystem], list[Problem]]:
    """Every system file of a folder, and the problems of those that were refused."""
    loaded = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            item = load_system_file(path)
        except UserError as error:
            problems.extend(error.problems)
            continue
        if item.system.id in seen:
            problems.append(
                Problem(
                    path.name,
                    f"体系编号「{item.system.id}」与 {seen[item.system.id]} 重复",
                    "给其中一个换个编号。",
                )
            )
        seen[item.system.id] = path.name
        loaded.append(item)
    return loaded, problems


def source_fingerprint(resources: Path) -> str:
    """A hash of everything the catalogue is made from: the YAML files and the code that compiles them."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    app = Path(__file__).resolve().parents[1]
    sources = [*resources.glob("*.yaml")]
    for name in ("indicator_systems", "forms", "measures", "reference", "sample", "checkup"):
        sources.extend((resources / name).rglob("*.yaml"))
    for name in _BUILDERS:
        sources.extend((app / name).glob("*.py"))
    for path in sorted(sources):
        root = resources if path.is_relative_to(resources) else app
        data = path.read_bytes()
        digest.update(f"\n{path.relative_to(root).as_posix()} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def summary_json(summary: SystemSummary) -> str:
    """Canonical JSON of a library line; `catalogue_store` reads it back."""
    return json.dumps(asdict(summary), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _form_rows(resources: Path) -> Iterator[dict[str, object]]:
    forms = load_forms(resources)
    for questionnaire in forms.questionnaires.values():
        yield _row("questionnaire", questionnaire.id, questionnaire.title, to_json(questionnaire))
    yield _row("quantities", "all", "导出量", to_json(forms.quantities))
    yield _row("factors", "all", "系数", to_json(forms.factors))
    yield _row("options", "all", "方案库", to_json(load_library(resources / "measures")))
    yield _row("reference", "all", "参考表", to_json(load_reference(resources / "reference")))
    for system_id, derivations in forms.derivations.items():
        yield _row("derivations", system_id, "指标的推导", to_json(derivations))
    yield _row("checkup", "all", "检查的规则", to_json(load_checkup(resources / "checkup")))
    yield _row("front_door", "all", "新建审核的规则", to_json(forms.front_door))
    for sample in forms.samples.values():
        yield _row("sample", sample.id, sample.name, to_json(sample))


def _row(kind: str, resource_id: str, title: str, body: str) -> dict[str, object]:
    return {
        "kind": kind,
        "id": resource_id,
        "title": title,
        "body": body,
        "sha256": content_hash(body),
    }


def _write(path: Path, rows: list[dict[str, object]], fingerprint: str) -> None:
    engine = sa.create_engine(f"sqlite+pysqlite:///{path}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = OFF")
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
        METADATA.create_all(connection)
        connection.execute(META.insert(), [{"key": "sources", "value": fingerprint}])
        connection.execute(
            RESOURCE.insert(), [{**row, "position": order} for order, row in enumerate(rows)]
        )
        connection.commit()
    engine.dispose()
    # One plain rewrite, so that the bytes do not depend on how the pages came about.
    with sqlite3.connect(path) as raw:
        raw.execute("VACUUM")
    raw.close()
