"""argparse with its fixed words in Chinese."""

import argparse
import re
import sys
from typing import NoReturn, TypeAlias

# argparse speaks English; these are the parts of it a user meets.
_WORDS = (
    (r"^usage: ", "用法："),
    (r"(?m)^positional arguments:$", "命令和参数："),
    (r"(?m)^options:$", "选项："),
    (r"show this help message and exit", "显示这份说明"),
    (r"show program's version number and exit", "显示版本号"),
    (r"^the following arguments are required: (.*)", r"还缺：\1"),
    (r"^unrecognized arguments: (.*)", r"不认识：\1"),
    (r"invalid choice: (\S+) \(choose from (.*)\)", r"没有 \1，可以用的：\2"),
    (r"expected one argument", "后面要跟一个值"),
    (r"^argument ", ""),
)


def _in_chinese(text: str) -> str:
    for english, chinese in _WORDS:
        text = re.sub(english, chinese, text)
    return text


class Parser(argparse.ArgumentParser):
    """argparse with its fixed words in Chinese."""

    def format_help(self) -> str:
        return _in_chinese(super().format_help())

    def format_usage(self) -> str:
        return _in_chinese(super().format_usage())

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{_in_chinese(message)}。加 --help 看怎么用。\n")


# What a group of commands is added to.
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001 - argparse gives it no public name
