"""Scores for scripts: a case file, an audit, or a folder of them, as plain data and as CSV."""

import csv
import gc
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from app import files, paths
from app.assessment.energy_quota import QuotaOutcome, quota_outcomes
from app.assessment.engine import assess, level_name
from app.assessment.explain import interval_text
from app.assessment.indicator_system import LEVELS, Family, IndicatorSystem, Level, Verification
from app.assessment.level_only import profile_shares
from app.assessment.numbers import display, fraction_text
from app.assessment.outcome import HEADING
from app.assessment.remarks import Code
from app.assessment.result import Assessment, ScoreRange
from app.audit.project import BASE_YEAR
from app.audit.wording import counts_text, score_name
from app.errors import Problem, UserError
from app.forms.answer import AnswerBook
from app.forms.grid import safe_cell
from app.forms.law import LawBook
from app.services.audit_list import deadline_of
from app.services.cases import Cases
from app.standards.case_source import read_case
from app.storage import database
from app.storage.catalogue_store import Catalogue

_LOG = logging.getLogger(__name__)
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


class NoSystem(UserError):
    """An audit without an indicator system: there is nothing to score, but whose it is can be said."""

    def __init__(self, where: str, book: AnswerBook) -> None:
        super().__init__(Problem(where, "这个案卷还没有选指标体系", "打开案卷，先选一份指标体系。"))
        self.book = book


class Scorer:
    """Scores files with one catalogue; see Cases for what is read once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.cases = Cases(catalogue)

    def assess(self, path: Path) -> tuple[Assessment, IndicatorSystem]:
        """A case file or an audit, by its ending. UserError with every problem."""
        assessment, system, _book = self.score(path)
        return assessment, system

    def score(self, path: Path) -> tuple[Assessment, IndicatorSystem, AnswerBook]:
        """The same with the answers of an audit (none of a case file)."""
        if path.is_dir():
            raise UserError(
                Problem(str(path), "这是文件夹", "加上 --csv 结果.csv，每个案卷写一行。")
            )
        if path.suffix.lower() != database.SUFFIX:
            case = read_case(path, CatalogueSystems(self._catalogue))
            return (
                assess(case.system, case.table_id, case.findings, case.inputs),
                case.system,
                AnswerBook(),
            )
        read = self.cases.read(path)
        system = read.project.system
        if system is None or read.assessment is None:
            raise NoSystem(path.name, read.project.book)
        return read.assessment, system, read.project.book


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
        lines.append(f"{HEADING}：{counts_text(outcome)}")
        if outcome.recalled:
            lines.append("下面的规则凭记忆，没有见到原文，用前要核对")
        said = {True: "符合", False: "不符合", None: "还不能说"}
        lines.extend(f"{said[one.holds]}　{one.text}" for one in outcome.conditions)
    if assessment.blank:
        lines.append("没填：" + "、".join(names[name] for name in assessment.blank))
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
        "contradicted": {name: doubt.facts_text for name, doubt in assessment.doubts.items()},
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
            "partly": outcome.partly,
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


def _number(value: Fraction | None) -> str | None:
    return None if value is None else fraction_text(value)


def _score(score: ScoreRange) -> list[str | None]:
    return [fraction_text(score.low), _number(score.high)]


# ------------------------------------------------------------------------------------------------ many at once

# Head of each column of the CSV; a test holds the cells against the JSON of the same audits.
COLUMNS = (
    "文件", "企业", "基准年", "指标体系", "版本", "表", "等级", "等级名称", "最好等级", "最差等级", "完成期限",
    "YⅠ最低", "YⅠ最高", "YⅡ最低", "YⅡ最高", "YⅢ最低", "YⅢ最高", "得分", "各级项数",
    "限定性没达Ⅰ级", "限定性没达Ⅱ级", "限定性没达Ⅲ级", "没填项数", "和数据对不上", "数据状态", "说明", "问题",
)  # fmt: skip
_STATES = {
    Verification.VERIFIED: "已核对原文",
    Verification.TRANSCRIBED: "转录",
    Verification.RECALLED: "凭记忆",
}
_DECIMALS = 10
_ROUNDED = 6
_BETWEEN_COLLECTIONS = 1000


def score_folder(
    folder: Path,
    target: Path,
    catalogue: Catalogue,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Problem, ...]:
    """One CSV row for every case and audit below `folder`, in the order of their names; a file that cannot be scored gets
    a row with the reason, which is also returned. Decimal numbers (four places), Chinese heads, UTF-8 with a mark so
    that Excel shows Chinese; written beside `target` and then put in its place.

    UserError when there is nothing to score or the CSV cannot be written; a file that is no CSV is never replaced."""
    files.check_place(target, ".csv")
    there = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in (*CASE_SUFFIXES, database.SUFFIX)
        and path.is_file()
        and not _is_system_file(path)
    )
    if not there:
        raise UserError(
            Problem(str(folder), "里面没有案卷（.cpaudit）也没有算例（.yaml）", "换一个文件夹。")
        )
    scorer = Scorer(catalogue)
    problems: list[Problem] = []
    rows: list[dict[str, str]] = []
    gc.freeze()  # the catalogue need not be searched
    gc.disable()  # next to nothing of an audit is garbage in a circle, and looking for it costs a tenth
    try:
        for done, path in enumerate(there, 1):
            name = path.relative_to(folder).as_posix()
            row, found = _scored_row(scorer, path)
            problems.extend(found)
            rows.append({"文件": name, **row})
            if done % _BETWEEN_COLLECTIONS == 0:
                gc.collect()
            progress(done, len(there))
    finally:
        gc.enable()
        gc.unfreeze()
    _write_csv(target, rows)
    return tuple(problems)


def _scored_row(scorer: Scorer, path: Path) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The cells of one file, and what is wrong with it. A damaged, foreign or absurd file never ends the run."""
    book, law = AnswerBook(), scorer.cases.catalogue.reference().law
    try:
        assessment, _system, book = scorer.score(path)
    except NoSystem as error:
        return {**_firm_cells(error.book, law), "问题": str(error)}, error.problems
    except UserError as error:
        return {"问题": "；".join(str(one) for one in error.problems)}, error.problems
    except Exception:  # noqa: BLE001 - a bug on one file must not cost the rows of the others
        _LOG.exception("not scored: a file of the folder")
        problem = Problem(
            path.name,
            "程序读它时出了毛病，没有定级；文件没有改动",
            f"单独打开看看；{paths.log_to_send()}",
        )
        return {"问题": str(problem)}, (problem,)
    return {**_firm_cells(book, law), **_csv_row(assessment)}, ()


def _firm_cells(book: AnswerBook, law: LawBook) -> dict[str, str]:
    deadline = deadline_of(book, law)
    return {
        "企业": book.text("firm.name"),
        "基准年": book.text(BASE_YEAR),
        "完成期限": deadline.isoformat() if deadline else "",
    }


def _write_csv(target: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with (
        files.written_beside(target, ".csv") as beside,
        beside.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({key: safe_cell(text) for key, text in row.items()} for row in rows)


def _is_system_file(path: Path) -> bool:
    """A system that cases of the folder name lies beside them and is no case."""
    if path.suffix.lower() not in CASE_SUFFIXES:
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(200).lstrip(b"\xef\xbb\xbf").startswith(b"schema:")
    except OSError:
        return False  # said as a row of its own


def _csv_row(assessment: Assessment) -> dict[str, str]:
    best, worst = assessment.level_range or (None, None)
    row = {
        "指标体系": assessment.system_id,
        "版本": assessment.edition,
        "表": assessment.table_id,
        "等级": _symbol(assessment.level),
        "等级名称": assessment.level_name or "",
        "最好等级": _symbol(best),
        "最差等级": _symbol(worst),
        "得分": "；".join(
            f"{score_name(name)} {decimal_cell(score.low)}"
            + (
                ""
                if score.is_point
                else f"～{'' if score.high is None else decimal_cell(score.high)}"
            )
            for name, score in assessment.scores.items()
        ),
        "各级项数": "；".join(
            f"{level.symbol} {count}" for level, count in assessment.profile.items()
        ),
        "没填项数": str(len(assessment.blank)),
        "和数据对不上": "；".join(
            one.text for one in assessment.remarks if one.code is Code.CONTRADICTED
        ),
        "数据状态": _STATES[assessment.verification] if assessment.verification else "",
        "说明": assessment.why_not_scored,
    }
    for level, interval in assessment.index_range.items():
        row[f"Y{level.symbol}最低"] = decimal_cell(interval.low)
        row[f"Y{level.symbol}最高"] = decimal_cell(interval.high)
    for level in LEVELS:
        row[f"限定性没达{level.symbol}级"] = "；".join(assessment.limiting_failed[level])
    return row


def decimal_cell(value: Fraction) -> str:
    """A number a spreadsheet reads: exact where it ends within ten places, else rounded to six; no grouping."""
    exact = 10**_DECIMALS % value.denominator == 0
    text = display(value, _DECIMALS if exact else _ROUNDED, grouping=False).replace("−", "-")
    return text.rstrip("0").rstrip(".") if exact else text


def _symbol(level: Level | None) -> str:
    if level is None:
        return ""
    return level.symbol
