"""Standards cited in words: what replaces what agrees with the documents that are collected; how a citation may be written."""

import re

import pytest

from app.checkup.rules_cited import plain
from tests.checkup.test_damages import data
from tests.helpers.cases import read_yaml
from tests.helpers.forms import RESOURCES

RULE = data().rule("standard_replaced")


def test_every_standard_a_collected_document_replaces_is_known() -> None:
    known = {plain(line.partition(" > ")[0]) for line in RULE.settings["replaced"]}
    editions = {plain(line.partition("；")[0]).rpartition("-")[0]: line for line in RULE.settings["editions"]}  # fmt: skip
    lacking = []
    for path in sorted((RESOURCES / "indicator_systems").glob("*.yaml")):
        document = read_yaml(path)
        for old in document.get("supersedes") or ():
            number = re.match(r"(?:GB|HJ)(?:/T)? \d+-\d{4}", old)
            if document["status"] == "in_force" and number is not None:
                name = plain(number[0])
                if name not in known and name.rpartition("-")[0] not in editions:
                    lacking.append(name)
    assert lacking == []


def test_days_agree_with_the_documents() -> None:
    for path in sorted((RESOURCES / "indicator_systems").glob("energy-quota-*.yaml")):
        document = read_yaml(path)
        for line in (*RULE.settings["replaced"], *RULE.settings["editions"]):
            new, *more = line.rpartition(" > ")[2].split("；")
            if new == document["document_no"] and document.get("effective"):
                assert document["effective"] in more, line


@pytest.mark.parametrize(
    "said",
    [
        "GB 18597-2001",
        "GB18597—2001",
        "ＧＢ　１８５９７－２００１",
        "《GB 18597–2001》",
        "gb 18597-2001",
    ],
)
def test_a_number_may_be_written_in_many_ways(said: str) -> None:
    assert plain(said) == "GB18597-2001"
