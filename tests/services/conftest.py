"""The catalogue of the shipped data, built once for all tests of services."""

from pathlib import Path

import pytest

from app.storage.catalogue_build import build_catalogue


@pytest.fixture(scope="session")
def catalogue_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody writes to it; what is taken in beside it lives in the Catalogue opened from it."""
    target = tmp_path_factory.mktemp("catalogue") / "catalogue.sqlite"
    return build_catalogue(Path(__file__).parents[2] / "resources", target).target
