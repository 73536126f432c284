"""Scores for scripts: a case file, an audit, or a folder of them, as plain data and as CSV."""

import csv
import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.assessment.energy_quota import QuotaOutcome, quota_outcomes
from app.assessment.engine import assess, level_name
from app.assessment.explain import interval_text
from app.assessment.indicator_system import LEVELS, Family, IndicatorSystem, Level
from app.assessment.level_only import profile_shares
from app.assessment.numbers import fraction_text
from app.assessment.outcome import HEADING
from app.assessment.result import Assessment, ScoreRange
from app.audit.findings import assess_project
from app.audit.project import build_project
from app.audit.wording import score_name
from app.errors import Problem, UserError
from app.forms.quantity import DerivationMap
from app.services.tables import table_of
from app.standards.case_source import read_case
from app.standards.system_json import system_from_json
from app.storage import database
from app.storage.audit_reader import read_audit
from app.storage.catalogue_store import Catalogue

Plain = dict[str, object]
CASE_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class CatalogueSystems:
    """A catalogue, seen as what a case file asks for."""

    catalogue: Catalogue

    def system(self, system_id: str) -> IndicatorSystem:
        return self.catalogue.system(system_id)

    def ids(self) -> Iterable[str]:
        return (summary.id for summary in self.catalogue.systems())


class Scorer:
    """Scores files with one catalogue. Keeps the systems it has read, so that a folder of audits reads each once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._systems: dict[str, tuple[IndicatorSystem, DerivationMap | None]] = {}

    def assess(self, path: Path) -> tuple[Assessment, IndicatorSystem]:
        """A case file or an audit, by its ending. UserError with every problem."""
        if path.is_dir():
            raise UserError(
                Problem(str(path), "这是文件夹", "加上 --csv 结果.csv，每个案卷写一行。")
            )
        if path.suffix.lower() == database.SUFFIX:
            return self._assess_audit(path)
        case = read_case(path, CatalogueSystems(self._catalogue))
        return assess(case.system, case.table_id, case.findings, case.inputs), case.system

    def _assess_audit(self, path: Path) -> tuple[Assessment, IndicatorSystem]:
        """With the system frozen in the file, whatever the catalogue has by now."""
        stored = read_audit(path, self._systems)
        if not stored.system_hash:
            raise UserError(
                Problem(path.name, "这个案卷还没有选指标体系", "打开案卷，先选一份指标体系。")
            )
        if stored.system is not None:
            system = system_from_json(stored.system.json)
            derivations = self._catalogue.derivations(system.id)
            self._systems[stored.system_hash] = (system, derivations)
        system, derivations = self._systems[stored.system_hash]
        table_id = table_of(stored.book, system, path.name)
        catalogue = self._catalogue
        project = build_project(
            stored.book,
            catalogue.questionnaire(stored.meta["questionnaire"]),
            catalogue.quantities(),
            catalogue.factors(),
            system=system,
            system_hash=stored.system_hash,
            table_id=table_id,
            derivation_map=derivations,
        )
        return assess_project(project), system


def score_case(path: Path, catalogue: Catalogue) -> Plain:
    """What `cleanaudit score FILE --json` prints: see assessment_to_plain. UserError with every problem."""
    return assessment_to_plain(*Scorer(catalogue).assess(path))


def score_text(path: Path, catalogue: Catalogue) -> str:
    """The same in a few lines for people. UserError as above."""
    assessment, system = Scorer(catalogue).assess(path)
    names = {row.id: row.name for row in system.table(assessment.table_id).indicators()}
    lines = [f"{system.title}（{system.document_no}）{system.table(assessment.table_id).title}"]
    if assessment.level is not None:
        lines.append(f"等级：{assessment.level.symbol} {assessment.level_name}")
    elif assessment.level_range is not None:
        best, worst = assessment.level_range
        lines.append(f"等级：未定（最好{best.symbol}，最差{worst.symbol}）")
    for level, interval in assessment.index_range.items():
        failed = "、".join(names[name] for name in assessment.limiting_failed[level])
        lines.append(
            f"Y{level.symbol}　{interval_text(interval.low, interval.high)}"
            + (f"　限定性指标没达到：{failed}" if failed else "")
        )
    lines.extend(
        f"{score_name(name)}　{interval_text(score.low, score.high)}"
        for name, score in assessment.scores.items()
    )
    if assessment.family is Family.ENERGY_QUOTA:
        lines.extend(
            f"{names[one.indicator_id]}　{_quota_word(one, system)}"
            for one in quota_outcomes(assessment)
        )
    elif not assessment.index_range and not assessment.scores:
        lines.extend(
            f"{level.symbol}　{count} 项" for level, count in assessment.profile.items() if count
        )
    outcome = assessment.outcome
    if outcome is not None:
        lines.append(
            f"{HEADING}：达到 {outcome.met} 项，没达到 {outcome.missed} 项，还没定 {outcome.open} 项"
        )
        if outcome.recalled:
            lines.append("下面的规则凭记忆，没有见到原文，用前要核对")
        said = {True: "符合", False: "不符合", None: "还不能说"}
        lines.extend(f"{said[one.holds]}　{one.text}" for one in outcome.conditions)
    if assessment.missing:
        lines.append("没填：" + "、".join(names[name] for name in assessment.missing))
    lines.extend(assessment.warnings)
    if assessment.why_not_scored:
        lines.append(assessment.why_not_scored)
    return "\n".join(lines)


def _quota_word(outcome: QuotaOutcome, system: IndicatorSystem) -> str:
    if outcome.level is None:
        return "还不能判"
    return level_name(system, outcome.level) or outcome.level.symbol


def assessment_to_plain(assessment: Assessment, system: IndicatorSystem) -> Plain:
    """JSON-ready. Exact numbers as text (`88`, `250/7`); levels `I` `II` `III` `none`, None while undetermined.

    Families without an index have no `index` entries that are not null; what they have stands under `scores`,
    `profile` and `quota`.
    """
    plain: Plain = {
        "system": assessment.system_id,
        "edition": assessment.edition,
        "table": assessment.table_id,
        "family": assessment.family.value,
        "index": {
            level.code: None if value is None else fraction_text(value)
            for level, value in assessment.index.items()
        },
        "index_range": {
            level.code: [fraction_text(interval.low), fraction_text(interval.high)]
            for level, interval in assessment.index_range.items()
        },
        "level": _code(assessment.level),
        "level_name": assessment.level_name,
        "level_range": None
        if assessment.level_range is None
        else [level.code for level in assessment.level_range],
        "limiting_failed": {
            level.code: list(failed) for level, failed in assessment.limiting_failed.items()
        },
        "indicators": [
            {
                "id": judgement.indicator_id,
                "state": judgement.state,
                "meets": {level.code: judgement.meets[level] for level in LEVELS},
                "reached": _code(judgement.reached),
                "weight": _number(judgement.weight_after),
                "weight_before": _number(judgement.weight_before),
                "share": _number(judgement.share),
                "limiting": judgement.limiting,
                "verification": judgement.verification.value,
            }
            for judgement in assessment.judgements
        ],
        "verification": None if assessment.verification is None else assessment.verification.value,
        "missing": list(assessment.missing),
        "missing_inputs": list(assessment.missing_inputs),
        "profile": {level.code: count for level, count in assessment.profile.items()},
        "warnings": list(assessment.warnings),
        "why_not_scored": assessment.why_not_scored,
    }
    if assessment.scores:
        plain["scores"] = {name: _score(score) for name, score in assessment.scores.items()}
    outcome = assessment.outcome
    if outcome is not None:
        plain["outcome"] = {
            "heading": HEADING,
            "passed": outcome.passed,
            "met": outcome.met,
            "missed": outcome.missed,
            "open": outcome.open,
            "conditions": [
                {"text": condition.text, "holds": condition.holds}
                for condition in outcome.conditions
            ],
            "recalled": outcome.recalled,
        }
    if assessment.family in (Family.LEVEL_ONLY, Family.CHECKLIST):
        plain["profile_shares"] = {
            code: fraction_text(share) for code, share in profile_shares(assessment).items()
        }
    if assessment.family is Family.ENERGY_QUOTA:
        names = {rule.level: rule.name for rule in system.method.levels}
        plain["quota"] = [
            {
                "id": outcome.indicator_id,
                "level": _code(outcome.level),
                "level_name": ""
                if outcome.level is None
                else names.get(outcome.level, system.method.below_name),
                "over_level_3": outcome.is_over_level_3,
                "meets_level_2": outcome.meets_level_2,
            }
            for outcome in quota_outcomes(assessment)
        ]
    return plain


def _code(level: Level | None) -> str | None:
    return None if level is None else level.code


def _number(value: object) -> str | None:
    return None if value is None else str(value)


def _score(score: ScoreRange) -> list[str | None]:
    return [fraction_text(score.low), _number(score.high)]


# ------------------------------------------------------------------------------------------------ many at once

COLUMNS = (
    "file", "system", "edition", "table", "level", "level_best", "level_worst",
    "Y_I_low", "Y_I_high", "Y_II_low", "Y_II_high", "Y_III_low", "Y_III_high",
    "scores", "profile",
    "limiting_failed_I", "limiting_failed_II", "limiting_failed_III", "missing", "verification", "problems",
)  # fmt: skip


_BETWEEN_COLLECTIONS = 1000


def score_folder(
    folder: Path,
    target: Path,
    catalogue: Catalogue,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Problem, ...]:
    """One CSV row for every case and audit below `folder`, in the order of their names; faulty files get a row with
    their problems, which are also returned. Exact numbers; UTF-8 with a mark so that Excel shows Chinese.
    UserError when there is nothing to score or the CSV cannot be written."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in (*CASE_SUFFIXES, database.SUFFIX)
        and path.is_file()
        and not _is_system_file(path)
    )
    if not files:
        raise UserError(
            Problem(str(folder), "里面没有案卷（.cpaudit）也没有算例（.yaml）", "换一个文件夹。")
        )
    scorer = Scorer(catalogue)
    problems: list[Problem] = []
    rows = []
    gc.freeze()  # the catalogue need not be searched
    gc.disable()  # next to nothing of an audit is garbage in a circle, and looking for it costs a tenth
    for done, path in enumerate(files, 1):
        name = path.relative_to(folder).as_posix()
        try:
            assessment, _system = scorer.assess(path)
        except UserError as error:
            problems.extend(error.problems)
            rows.append({"file": name, "problems": str(error)})
        else:
            rows.append({"file": name, **_csv_row(assessment)})
        if done % _BETWEEN_COLLECTIONS == 0:
            gc.collect()
        progress(done, len(files))
    gc.enable()
    gc.unfreeze()
    try:
        with target.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise UserError(
            Problem(str(target), "写不进去", "换一个文件夹，或先关掉正在用它的程序。")
        ) from error
    return tuple(problems)


def _is_system_file(path: Path) -> bool:
    """A system that cases of the folder name lies beside them and is no case."""
    if path.suffix.lower() not in CASE_SUFFIXES:
        return False
    with path.open("rb") as stream:
        return stream.read(200).lstrip(b"\xef\xbb\xbf").startswith(b"schema:")


def _csv_row(assessment: Assessment) -> Mapping[str, str]:
    best, worst = assessment.level_range or (None, None)
    row = {
        "system": assessment.system_id,
        "edition": assessment.edition,
        "table": assessment.table_id,
        "level": _code(assessment.level) or "",
        "level_best": _code(best) or "",
        "level_worst": _code(worst) or "",
        "scores": " ".join(
            f"{name}={fraction_text(score.low)}"
            + ("" if score.is_point else f"..{_number(score.high) or ''}")
            for name, score in assessment.scores.items()
        ),
        "profile": " ".join(f"{level.code}={count}" for level, count in assessment.profile.items()),
        "missing": str(len(assessment.missing)),
        "verification": assessment.verification.value if assessment.verification else "",
    }
    for level, interval in assessment.index_range.items():
        row[f"Y_{level.code}_low"] = fraction_text(interval.low)
        row[f"Y_{level.code}_high"] = fraction_text(interval.high)
    for level in LEVELS:
        row[f"limiting_failed_{level.code}"] = " ".join(assessment.limiting_failed[level])
    return row
