"""Documents that give levels per indicator and nothing that adds them up: HJ/T standards and checklists.

The result is a profile. An overall level is given only where the document itself prints a rule for one.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.assessment.indicator_system import LevelRule
from app.assessment.result import Assessment


def prints_a_rule(rules: Sequence[LevelRule]) -> bool:
    """True where the document says what every indicator must reach. Names of levels alone are no rule."""
    return any(rule.others_level is not None for rule in rules)


def profile_shares(assessment: Assessment) -> dict[str, Fraction]:
    """Of the applicable indicators, the part that has each level as its best (`I` … `none`), and the part still `open`."""
    applicable = sum(judgement.state != "not_applicable" for judgement in assessment.judgements)
    if not applicable:
        return {}
    counts = {level.code: count for level, count in assessment.profile.items()}
    counts["open"] = applicable - sum(counts.values())
    return {code: Fraction(count, applicable) for code, count in counts.items()}
