"""The two kinds of error: what the world did (the user can mend it) and what we did (a bug)."""

from dataclasses import dataclass


class AppError(Exception):
    """Base of every error this program raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what it is, and what to do about it. All in plain Chinese.

    `where` names the place as the user knows it (「企业概况 › 成立年份」, 「a.yaml 第 12 行」); it may be empty. `code` is for
    code that must tell this problem from others: it never asks for the words.
    """

    where: str
    what: str
    remedy: str
    code: str = ""

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        return f"{place}{self.what}{'' if self.what.endswith('。') else '。'}{self.remedy}"


class UserError(AppError):
    """Something the user can mend. Carries every problem found, never only the first."""

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a UserError needs at least one problem")
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ProgramError(AppError):
    """A fault of ours. Shown with the way to send the log; never used for the user's mistakes."""
