"""The page of all data is made from the data, and names what is wanted."""

from app.standards.fields import Fields
from app.standards.reader import Reader
from app.standards.yaml_tree import read_or_note
from tests.helpers.forms import RESOURCES
from tools.make_data_page import PAGE, page


def test_the_page_is_that_of_the_present_data() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.make_data_page"


def test_every_document_of_the_catalogue_is_on_it() -> None:
    text = page()
    for path in (RESOURCES / "indicator_systems").glob("*.yaml"):
        assert f"`{path.stem}`" in text


def test_missing_energy_quotas_are_wanted() -> None:
    faults = Reader()
    mark = read_or_note(RESOURCES / "wanted.yaml", faults)
    assert mark is not None
    kinds = [
        Fields(item, faults, ("document", "kind", "why", "get", "verification"), "").text("kind")
        for item in Fields(mark, faults, ("wanted",), "").items("wanted")
    ]
    assert kinds.count("能耗限额") >= 5
    assert not faults.problems
