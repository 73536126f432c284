"""The rules of the check-up and the table of what reviewers look at, as data. The files are resources/checkup/*.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RuleText:
    """One rule. severity: block | warn | info. text, remedy: with {names} that the test fills in. test: name of its function
    in app.checkup; settings: what that function is given (limits, keys, words). checks: ids of `Check` it answers to."""

    id: str
    severity: str
    title: str
    text: str
    remedy: str
    cause: str = ""
    test: str = ""
    checks: tuple[str, ...] = ()
    settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One thing a reviewer looks at. how: automatic | asked | later. asks: questions or tables where the user answers it.
    note: what is not looked at, or which data it waits for."""

    id: str
    area: str
    what: str
    how: str
    asks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CheckupData:
    """rules: in the order they are said. It belongs to the program, not to an audit: newer rules look at old audits too."""

    rules: tuple[RuleText, ...] = ()
    checks: tuple[Check, ...] = ()

    def rule(self, rule_id: str) -> RuleText:
        """KeyError for an unknown one."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
