"""How long the standards desk takes: finding as one types, reading a workbook of 100 rows, opening the catalogue."""

import tempfile
from pathlib import Path

from app.exchange.system_import import read_system_workbook
from app.exchange.system_workbook import write_system
from app.standards.system_json import system_from_json
from app.storage.catalogue_build import build_catalogue
from app.storage.catalogue_store import open_catalogue
from tests.bench.measure import Measure, timed

RESOURCES = Path(__file__).parents[2] / "resources"
HUNDRED_ROWS = "energy-quota-copper-processing-gb21350-2023"
TYPED = ("d", "dd", "ddhy", "电", "电镀", "3", "33", "336", "gb 2", "能耗 铜")


def measures() -> list[Measure]:
    with tempfile.TemporaryDirectory() as name:
        path = build_catalogue(RESOURCES, Path(name) / "catalogue.sqlite").target
        catalogue = open_catalogue(path)
        workbook = Path(name) / "copper.xlsx"
        write_system(catalogue.system(HUNDRED_ROWS), workbook)
        text = catalogue.system_json("pcb-64-draft")

        def find() -> None:
            for query in TYPED:
                catalogue.find(query)

        return [
            Measure("the library searched ten times, as typed", timed(find, 50, 1), 0.030),
            Measure(
                "a workbook of 108 indicators read and checked",
                timed(lambda: read_system_workbook(workbook), 10, 1),
                1.0,
            ),
            Measure("the catalogue opened", timed(lambda: open_catalogue(path), 20, 1), 0.1),
            Measure(
                "a frozen system of 64 indicators read and checked",
                timed(lambda: system_from_json(text), 20, 1),
                0.05,
            ),
        ]
