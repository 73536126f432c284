"""Why a figure says nothing: a code, whose value is its Chinese words. Code asks `is Reason.…` and never for the words, which also
come from the user (why something does not apply).
"""

import enum


class Reason(enum.StrEnum):
    """Given as `not_applicable` or `note` of a figure, and carried on by what is worked out from it."""

    NO_REFERENCE = "没有参考数据"
    NONE_OF_KIND = "没有这一类"
    ONLY_BASE_YEAR = "只有基准年的数"
    NOT_ASKED = "这一类企业不问这一项"
    SAID_NO = "前面答了没有这一项"
    ANSWER_DIRECTLY = "账单分不到这一种产品上，直接填"
