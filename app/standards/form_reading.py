"""What every file of the guided audit has: ids, and states of verification."""

import re

from app.assessment.indicator_system import Verification
from app.standards.fields import Fields
from app.standards.reader import Reader

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def checked_id(fields: Fields, key: str, faults: Reader) -> str:
    """The id as written; one that is not allowed is a fault and comes back all the same, so that reading goes on."""
    text = fields.text(key)
    if text and not _ID.fullmatch(text):
        faults.fail(fields.where(key), f"id「{text}」只能用小写字母、数字、下划线和点", "改名字")
    return text


def verification(fields: Fields, faults: Reader, required: bool = True) -> Verification | None:
    """None when it is not written or unknown; the latter, and the former where `required`, is a fault."""
    text = fields.text("verification", None if required else "")
    if not text:
        return None
    try:
        return Verification(text)
    except ValueError:
        known = "、".join(Verification)
        faults.fail(fields.where("verification"), f"没有「{text}」这种核对状态", f"用：{known}")
        return None
