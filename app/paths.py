"""Where shipped files lie and where the user's own files go: from a checkout, installed, and in a frozen build.

Layouts: a checkout (resources/ and build/ beside app/), the staged Windows folder (resources/ and catalogue.sqlite
beside app/), and a PyInstaller bundle (the same two below sys._MEIPASS).
"""

import os
import sys
from pathlib import Path

import platformdirs

_PACKAGE_PARENT = Path(__file__).resolve().parents[1]


def _root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) if bundle else _PACKAGE_PARENT


def is_checkout() -> bool:
    """True where the program runs from its source tree, so that the catalogue can be built again."""
    return (_root() / "pyproject.toml").is_file()


def resources_dir() -> Path:
    """Shipped data: fonts, icons, tokens, and in a checkout the YAML sources."""
    return _root() / "resources"


def fonts_dir() -> Path:
    return resources_dir() / "fonts"


def catalogue_path() -> Path:
    """The compiled catalogue; in a checkout it is built on demand and may not exist yet."""
    if is_checkout():
        return _root() / "build" / "catalogue.sqlite"
    return _root() / "catalogue.sqlite"


def user_data_dir() -> Path:
    """The program's folder of this user (library, settings, backups), made if need be.

    CLEANAUDIT_HOME replaces it: for tests, and for a program carried on a stick.
    """
    home = os.environ.get("CLEANAUDIT_HOME")
    folder = Path(home) if home else platformdirs.user_data_path("CleanAudit", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def backups_dir() -> Path:
    folder = user_data_dir() / "backups"
    folder.mkdir(exist_ok=True)
    return folder


def log_dir() -> Path:
    folder = user_data_dir() / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def log_file() -> Path:
    return log_dir() / "cleanaudit.log"


def default_audits_dir() -> Path:
    """Where new audits are offered to be put: 「清审通」 in the user's documents."""
    home = os.environ.get("CLEANAUDIT_HOME")
    return Path(home) / "清审通" if home else platformdirs.user_documents_path() / "清审通"
