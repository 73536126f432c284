"""What the measures of an audit came to, and the library of options, as plain data for scripts."""

from fractions import Fraction
from pathlib import Path

from app.assessment.numbers import brief
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.forms.measure_data import Claim, LibraryOption
from app.measures.economics import Economics
from app.measures.model import measures_of, problems_of
from app.measures.options import THEMES, find_options, offered
from app.measures.owner import owner_page, surpluses
from app.measures.results import (
    PERFORMANCE,
    Proof,
    afterwards,
    economics_of,
    performance,
    problems_of_results,
    proofs_of,
    reductions,
    settings_of,
)
from app.services.cases import Cases
from app.services.measures import default_target
from app.storage.catalogue_store import Catalogue

Plain = dict[str, object]


def results_json(file: Path, catalogue: Catalogue) -> Plain:
    """Level before and after, the 绩效表, promise and proof, reductions, surplus cuts, the owner's page. Exact numbers as
    text. UserError when the file cannot be read."""
    case = Cases(catalogue).read(file)
    project = case.project
    after = afterwards(project)
    table = performance(project)
    page = owner_page(project, case.assessment)
    settings = settings_of(project)
    return {
        "level": {"before": _level(case.assessment), "after": _level(after.assessment)},
        "index": {"before": _index(case.assessment), "after": _index(after.assessment)},
        "counted": [one.code for one in after.counted],
        "done_but_not_measured": [one.code for one in after.unmeasured],
        "columns": [
            {"id": one.id, "title": one.title, "unit": one.unit, "places": one.places}
            for one in PERFORMANCE
        ],
        "rows": [
            {
                **row.texts,
                **{key: str(value) for key, value in row.values.items()},
                "measured": row.is_measured,
            }
            for row in table.rows
        ],
        "totals": {key: str(value) for key, value in table.totals.items()},
        "low_cost": table.low,
        "high_cost": table.high,
        "proofs": [_proof(project, one) for one in proofs_of(project)],
        "reductions": [
            {
                "id": one.id,
                "title": one.title,
                "unit": one.unit,
                "added": str(one.added),
                "together": str(one.together),
            }
            for one in reductions(project, measured=True)
        ],
        "surplus": [
            {
                "pollutant": one.pollutant,
                "permitted": str(one.permitted),
                "before": str(one.before),
                "cut": str(one.cut),
                "after": str(one.after),
                "surplus": str(one.surplus),
            }
            for one in surpluses(project)
        ],
        "owner": {
            "bought": [
                {"title": one.title, "yuan": str(one.yuan), "note": one.note} for one in page.bought
            ],
            "best": [{"code": one.code, "years": str(years)} for one, years in page.best],
            "saving": str(page.saving),
            "unknown": list(page.unknown),
            "level": _level(page.now),
            "level_planned": _level(page.forecast),
        },
        "assumptions": [] if settings is None else list(settings.said),
        "problems": [
            str(one) for one in (*problems_of(measures_of(project)), *problems_of_results(project))
        ],
    }


def _level(assessment: Assessment | None) -> str | None:
    if assessment is None or assessment.level is None:
        return None
    return assessment.level.code


def _index(assessment: Assessment | None) -> Plain:
    if assessment is None:
        return {}
    return {level.code: str(one.low) for level, one in assessment.index_range.items()}


def _proof(project: AuditProject, proof: Proof) -> Plain:
    measure = proof.measure
    planned = economics_of(project, measure)
    actual = economics_of(project, measure, proof.cost, proof.saving)
    return {
        "code": measure.code,
        "name": measure.name,
        "started": proof.started,
        "finished": proof.finished,
        "running_cost": _text(proof.running),
        "predicted": {key: str(value) for key, value in measure.savings.items()},
        "measured": {key: str(value) for key, value in proof.measured.items()},
        "ratios": {
            key: str(ratio) for key in proof.measured if (ratio := proof.ratio(key)) is not None
        },
        "economics": _economics(planned),
        "economics_actual": _economics(actual),
    }


def _economics(result: object) -> Plain:
    if not isinstance(result, Economics):
        problems = result if isinstance(result, tuple) else ()
        return {"problems": [str(one) for one in problems]}
    return {
        "F": str(result.F),
        "N": _text(result.N),
        "NPV": str(result.NPV),
        "NPVR": _text(result.NPVR),
        "IRR": _text(result.IRR),
    }


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def option_lines(catalogue: Catalogue, query: str, theme: str = "", field: str = "") -> list[str]:
    """One line for every option that fits, then technologies."""
    library = catalogue.options
    lines = [_line(one) for one in find_options(library.options, query, theme=theme, field=field)]
    words = query.casefold().split()
    if words and not theme and not field:
        lines += [
            f"{one.id}　{one.title}　{one.sector}·{one.stage}　{one.effect or '没有效果数字'}　"
            f"{one.cost or '没有费用数字'}（{one.origin}；{library.technology_source}，只供参考）"
            for one in library.technologies
            if all(
                word in one.title.casefold() or word in one.initials or word in one.sector
                for word in words
            )
        ]
    return lines


_KINDS = {
    "vendor": "卖家说法，不计", "recalled": "凭记忆，不计", "press": "报道，待核", "paper": "论文", "government": "政府文件",
    "standard": "标准",
}  # fmt: skip


def claim_words(claim: Claim) -> str:
    """A reported effect with who says so; it counts nowhere."""
    ends = [brief(one) for one in (claim.low, claim.high) if one is not None]
    said = f"{'～'.join(dict.fromkeys(ends))}{claim.unit}" if ends else "没有数字"
    return f"{said}（{_KINDS[claim.kind]}；{claim.basis or claim.source}）"


def _line(option: LibraryOption) -> str:
    level = "无低费" if option.level == "low" else "中高费"
    parts = [option.id, option.title, THEMES.get(option.theme, option.theme), level]
    if option.effect is not None:
        effect = option.effect
        ends = [brief(one) for one in (effect.low, effect.high) if one is not None]
        if ends:
            said = "～".join(dict.fromkeys(ends))
            parts.append(f"{said}{effect.unit}（{_KINDS[effect.kind]}；{effect.basis}）")
    return "　".join(parts)


def offer_lines(file: Path, catalogue: Catalogue) -> list[str]:
    """What the answers of an audit speak for, with why."""
    case = Cases(catalogue).read(file)
    target = default_target(case.assessment, case.project)
    return [
        f"{_line(one.option)}　因为：{'；'.join(one.whys)}"
        for one in offered(case.project, catalogue.options, case.assessment, target)
    ]
