"""A hundred bills as PDF, XML and OFD, read in the child process and judged together."""

import shutil
import tempfile
from pathlib import Path

from app.services.bill_reading import read_folder
from tests.bench.measure import Measure, timed

GIVEN = Path(__file__).parents[1] / "bill_papers"


def measures() -> list[Measure]:
    papers = sorted(one for one in GIVEN.iterdir() if one.suffix in (".pdf", ".xml", ".ofd"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(100):
            paper = papers[number % len(papers)]
            shutil.copy(paper, folder / f"{number:03d}{paper.suffix}")
        samples = timed(lambda: read_folder([folder]), 3)
    return [Measure("100 bills (PDF, XML, OFD)", samples, limit_s=5)]
