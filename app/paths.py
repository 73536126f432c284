"""Where shipped files lie and where the user's own files go: from a checkout, installed, and in a frozen build.

Layouts: a checkout (resources/ and build/ beside app/), the staged Windows folder (resources/ and catalogue.sqlite
beside app/), and a PyInstaller bundle (the same two below sys._MEIPASS).
"""

import errno
import os
import sys
from pathlib import Path

import platformdirs

from app.errors import Problem, UserError

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


def papers() -> tuple[Path, ...]:
    """The texts of the page 「关于」: our licence, the notices, and in an installed copy every component's licence."""
    return (
        _root() / "LICENSE",
        _root() / "THIRD-PARTY-NOTICES.md",
        *sorted((_root() / "licences").glob("*.txt")),
        *sorted(fonts_dir().glob("LICENSE*.txt")),
    )


def picture_reader_dir() -> Path:
    """Where the optional second package puts the libraries that read photographs; not there without it."""
    return _root() / "picture-reader"


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
    UserError when it cannot be written: a read-only home, a full disk.
    """
    home = os.environ.get("CLEANAUDIT_HOME")
    folder = Path(home) if home else platformdirs.user_data_path("CleanAudit", appauthor=False)
    return _writable(folder)


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        reason = "磁盘满了" if error.errno == errno.ENOSPC else "没有写入权限，或这个盘是只读的"
        raise UserError(
            Problem(
                str(folder),
                f"建不了、写不进这个文件夹：{reason}",
                "程序要在这里记设置、日志和备份。改好权限或腾出空间再打开；已有的案卷没有动。",
            )
        ) from error
    return folder


def backups_dir() -> Path:
    return _writable(user_data_dir() / "backups")


def thumbnails_dir() -> Path:
    """Small pictures of papers; may be emptied at any time."""
    return _writable(user_data_dir() / "thumbnails")


def log_dir() -> Path:
    return _writable(user_data_dir() / "logs")


def log_file() -> Path:
    return log_dir() / "cleanaudit.log"


def log_to_send() -> str:
    """What to do with the log of a bug, for a message; where none can be written, what to send instead."""
    try:
        return f"把这个日志发给维护的人：{log_file()}"
    except UserError as error:
        return f"没有地方写日志（{error}）。把屏幕上的话抄下来或者拍下来，发给维护的人"


def default_audits_dir() -> Path:
    """Where new audits are offered to be put: 「清审通」 in the user's documents."""
    home = os.environ.get("CLEANAUDIT_HOME")
    return Path(home) / "清审通" if home else platformdirs.user_documents_path() / "清审通"
