"""From figures to a level, by the rules the document prints, tried from the best level down. Shared by every family."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.assessment.indicator_system import LEVELS, Level, LevelRule
from app.assessment.rows import Row


def is_possible(rule: LevelRule, high: Fraction | None, rows: Sequence[Row]) -> bool:
    """Could the level still be given, if everything open turned out well? `high` None = no upper bound."""
    if rule.min_index is not None and high is not None and high < rule.min_index:
        return False
    return all(_passes(rule, row, certain=False) for row in rows if row.applies)


def is_certain(rule: LevelRule, low: Fraction, rows: Sequence[Row]) -> bool:
    """Is the level given, however badly everything open turns out?"""
    if rule.min_index is not None and low < rule.min_index:
        return False
    return rows_surely_pass(rule, rows)


def rows_surely_pass(rule: LevelRule, rows: Sequence[Row]) -> bool:
    """Does every row meet what the level asks of it beside the index, however badly everything open turns out?"""
    return all(_passes(rule, row, certain=True) for row in rows if row.applies)


def _passes(rule: LevelRule, row: Row, certain: bool) -> bool:
    """Limiting indicators against limiting_level, the others against others_level. Whether a row limits may itself be
    unknown: then both are asked for certainty and either is enough for possibility."""
    limiting = row.indicator.limiting
    answers = []
    if limiting is not False:
        answers.append(_at_least(rule.limiting_level, row, certain))
    if limiting is not True:
        asked = None if row.category.bonus else rule.others_level
        answers.append(_at_least(asked, row, certain))
    return all(answers) if certain else any(answers)


def _at_least(asked: Level | None, row: Row, certain: bool) -> bool:
    if asked is None:
        return True
    return row.surely_meets(asked) if certain else row.may_meet(asked)


def level_range(
    rules: Sequence[LevelRule],
    ranges: Mapping[Level, tuple[Fraction, Fraction | None]],
    rows: Sequence[Row],
) -> tuple[Level, Level] | None:
    """Best and worst level still possible; rules are tried from the best level down.

    The best is always given by some way the open things may turn out. The worst is the best level that is given in every
    way, and so is some way's level too as long as no level asks more of a row than a better level does (every document
    in the catalogue). Rules that take turns (one holds in some ways, a worse one just in the others) leave it on the
    safe side: nothing is worse, perhaps nothing is as bad. Both are proved as properties.

    A rule that asks nothing of anybody (limiting indicators where the table has none) gives no level; None when no
    rule is left.
    """
    ordered = asked_of(rules, rows)
    if not ordered:
        return None
    best = next(
        (rule.level for rule in ordered if is_possible(rule, ranges[rule.level][1], rows)),
        Level.NONE,
    )
    worst = next(
        (rule.level for rule in ordered if is_certain(rule, ranges[rule.level][0], rows)),
        Level.NONE,
    )
    return best, worst


def asked_of(rules: Sequence[LevelRule], rows: Sequence[Row]) -> list[LevelRule]:
    """The rules that ask something of this firm, best level first."""
    return sorted(
        (rule for rule in rules if _asks_something(rule, rows)), key=lambda rule: rule.level
    )


def _asks_something(rule: LevelRule, rows: Sequence[Row]) -> bool:
    if rule.min_index is not None:
        return True
    return any(
        row.applies
        and (
            (rule.limiting_level is not None and row.indicator.limiting is not False)
            or (
                rule.others_level is not None
                and row.indicator.limiting is not True
                and not row.category.bonus
            )
        )
        for row in rows
    )


def limiting_failed(rows: Sequence[Row]) -> dict[Level, tuple[str, ...]]:
    """Per level, limiting indicators that certainly do not meet it."""
    return {
        level: tuple(
            row.indicator.id
            for row in rows
            if row.applies and row.indicator.limiting and row.meets[level] is False
        )
        for level in LEVELS
    }
