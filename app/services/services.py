"""What the window and the command line are given: the catalogue and the audits of this user."""

from concurrent.futures import Executor
from dataclasses import dataclass

from app.services.projects import Projects
from app.storage.catalogue_store import Catalogue


@dataclass(frozen=True)
class Services:
    catalogue: Catalogue
    projects: Projects
    executor: Executor

    def close(self) -> None:
        """Wait for what is being written."""
        self.executor.shutdown(wait=True)
