"""Big papers: the report of a firm with long lists, one with 500 photographs, a chapter that changed while the preview is open."""

import hashlib
import io
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from PIL import Image

from app.assessment.result import Assessment
from app.audit.evidence import Paper, paper_key, to_answer
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.bootstrap import build_services
from app.forms.answer import AnswerBook, Change, Given
from app.papers.document import Picture
from app.papers.pictures import TABLE
from app.services import report_pictures
from app.services.report_pictures import pictures_of
from app.services.reporting import discard, set_paper
from app.services.typesetter import shared
from tests.bench.measure import Measure, timed
from tests.helpers.forms import sample_project

_DAY = date(2026, 11, 22)
_PAGES, _PHOTOS = 66, 500
_MOST_MEMORY = 400_000_000
_LISTS = (
    "equipment.list", "monitoring.results", "evidence.files", "waste.list", "water.units", "materials.list",
    "process.steps", "measures.options", "training.sessions", "packaging.balance", "outlets.list",
)  # fmt: skip


def longer(book: AnswerBook, table: str, times: int) -> AnswerBook:
    """Every row of a table `times` times."""
    rows = book.row_ids(table)
    answers = dict(book.answers)
    ids = list(rows)
    for turn in range(1, times):
        for row in rows:
            copy = f"{row}x{turn}"
            ids.append(copy)
            start = f"{table}/{row}/"
            answers.update(
                {
                    f"{table}/{copy}/{key.removeprefix(start)}": answer
                    for key, answer in book.answers.items()
                    if key.startswith(start)
                }
            )
    return AnswerBook(answers, {**book.rows, table: tuple(ids)})


def big_firm() -> tuple[AuditProject, Assessment]:
    """The sample with its long lists six times as long."""
    book = sample_project().book
    for table in book.rows:
        if table in _LISTS or len(book.row_ids(table)) >= 6:
            book = longer(book, table, 4)
    project = sample_project(book)
    return project, assess_project(project)


def _photograph() -> bytes:
    """What a telephone gives: twelve million dots, edges and shades as in a workshop, some grain."""
    coarse = Image.effect_noise((80, 60), 120).resize((4000, 3000), Image.Resampling.NEAREST)
    shade = Image.linear_gradient("L").resize((4000, 3000))
    grain = Image.effect_noise((4000, 3000), 12)
    image = Image.blend(Image.blend(coarse, shade, 0.4), grain, 0.25).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def with_photographs(count: int) -> tuple[AuditProject, dict[str, bytes]]:
    """The sample with so many pictures in its report, and their files by SHA-256."""
    book = sample_project().book
    base = _photograph()
    answers, files, rows = dict(book.answers), {}, []
    for number in range(count):
        comment = f"{number:08d}".encode()
        content = (
            base[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + base[2:]
        )
        digest = hashlib.sha256(content).hexdigest()
        files[digest] = content
        answers[paper_key(digest)] = to_answer(Paper(digest, f"照片 {number}", f"{number}.jpg"))
        row = f"p{number}"
        rows.append(row)
        answers[f"{TABLE}/{row}/paper"] = Given(f"照片 {number}")
        answers[f"{TABLE}/{row}/caption"] = Given(f"改造前后 {number}")
    return sample_project(AnswerBook(answers, {**book.rows, TABLE: tuple(rows)})), files


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """Bytes the typesetting process held at most, looked up while it works (0 where the system does not say)."""
    found, ended = [0], threading.Event()

    def look() -> None:
        while not ended.wait(0.02):
            process = shared()._process  # noqa: SLF001
            try:
                said = Path(f"/proc/{process.pid if process else 0}/status").read_text()
            except OSError:
                continue
            for line in said.splitlines():
                if line.startswith("VmHWM"):
                    found[0] = max(found[0], int(line.split()[1]) * 1024)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _set(
    project: AuditProject, assessment: Assessment | None, pictures: dict[str, Picture] | None = None
) -> int:
    made = set_paper(project, assessment, state="草稿", today=_DAY, pictures=pictures)
    assert made is not None
    job, facts = made
    discard(job)
    return facts.pages


def measures() -> list[Measure]:
    project, assessment = big_firm()
    pages = _set(project, assessment)
    assert pages >= _PAGES, f"the big firm fills {pages} pages only"
    big = timed(lambda: _set(project, assessment), 5)
    samples = []
    services = build_services()
    with tempfile.TemporaryDirectory() as folder:
        session = services.projects.open_audit(services.projects.finished_sample(Path(folder)))
        for turn in range(7):
            # As in the window: an answer is typed, and the preview is set again from it.
            started = time.perf_counter()
            before = session.book.get("firm.about")
            session.record([Change("firm.about", before, Given(f"企业简介 {turn}"))], "测速")
            _set(session.project, session.assessment)
            samples.append(time.perf_counter() - started)
        session.close()
    services.close()
    photos, files = with_photographs(_PHOTOS)
    judged = assess_project(photos)
    shared().stop()
    with tempfile.TemporaryDirectory() as folder:
        setattr(report_pictures, "thumbnails_dir", lambda: Path(folder))  # noqa: B010 - none drawn before
        started = time.perf_counter()
        with most_memory() as held:
            drawn = pictures_of(photos, files.__getitem__)
            _set(photos, judged, drawn)
        seconds = time.perf_counter() - started
    assert len(drawn) == _PHOTOS
    assert held[0] <= _MOST_MEMORY, f"{held[0] / 1e6:.0f} MB"
    return [
        Measure(f"report of a big firm, {pages} pages, warm", big, limit_s=2.0),
        Measure("preview after an answer changed", tuple(samples[1:]), limit_s=0.5),
        Measure(f"report with 500 photographs, {held[0] / 1e6:.0f} MB", (seconds,), limit_s=20.0),
    ]
