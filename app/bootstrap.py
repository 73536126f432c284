"""Puts the program together: catalogue, worker, audits. The only module that knows everybody."""

from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

from app import clock, paths
from app.errors import UserError
from app.services.projects import Projects
from app.services.services import Services
from app.services.systems import own_system_files
from app.storage.catalogue_store import Catalogue, open_catalogue


def load_catalogue() -> Catalogue:
    """The catalogue; in a checkout it is built when it is missing or older than its sources. UserError when it cannot be."""
    target = paths.catalogue_path()
    if not paths.is_checkout():
        return open_catalogue(target, own_system_files())
    if _is_current(target):
        try:
            return open_catalogue(target, own_system_files())
        except UserError:
            pass  # of another version, or damaged
    from app.storage.catalogue_build import build_catalogue

    build_catalogue(paths.resources_dir(), target)
    return open_catalogue(target, own_system_files())


def _is_current(target: Path) -> bool:
    """A cheap look at times; `tools/build_catalogue.py` compares contents."""
    if not target.is_file():
        return False
    built = target.stat().st_mtime_ns
    resources = paths.resources_dir()
    names = ("indicator_systems", "forms", "measures", "reference", "sample", "checkup")
    folders = [resources / name for name in names]
    sources = [*resources.glob("*.yaml")]
    for folder in folders:
        sources.extend(folder.rglob("*.yaml"))
    return all(source.stat().st_mtime_ns <= built for source in sources)


def build_services(executor: Executor | None = None) -> Services:
    """Everything the window and the command line work with. Call `close` on it at the end."""
    catalogue = load_catalogue()
    worker = executor or ThreadPoolExecutor(max_workers=1, thread_name_prefix="audit-file")
    return Services(catalogue, Projects(catalogue, worker, lambda: clock.now()), worker)
