"""What a stranger's audit holds as opinions of reviewers: one that cannot be read is none."""

import json

import pytest

from app.audit.review import REVIEW, opinion_of
from app.forms.answer import Given

_TEXTS = (
    "text",
    "author",
    "day",
    "place",
    "where",
    "before",
    "page",
    "edition",
    "purpose",
    "reply",
)


@pytest.mark.parametrize("order", ["1e9999999", "NaN", "-1e400", '"x"', "[]", "null"])
def test_an_order_that_is_no_number(order: str) -> None:
    plain = json.dumps({**dict.fromkeys(_TEXTS, "x"), "order": 0, "state": "没答", "evidence": []})
    text = plain.replace('"order": 0', f'"order": {order}')
    assert opinion_of(f"{REVIEW}a", Given(text)) is None
