"""What the program remembers of this user: a small JSON file in the user folder. Losing it loses nothing of an audit."""

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from app import files, paths
from app.errors import UserError

_LOG = logging.getLogger(__name__)


@dataclass
class Settings:
    """geometry is Qt's own text (base64). column_widths: 「table/column」 -> pixels, of columns the user drew.
    readings: how tables of clients were read the last time (app.ui.session), to be shown and forgotten there.
    quick: optional questions without an answer are folded. last_folder: where a file was opened last; audits_folder: where new
    audits go, changed by the user only, "" for the folder of the program. backup_place: a second folder for backups, "" for none."""

    theme: str = "light"
    user_name: str = ""
    last_folder: str = ""
    geometry: str = ""
    side_open: bool = True
    help_open: bool = True
    audits_folder: str = ""
    backup_place: str = ""
    quick: bool = True
    column_widths: dict[str, int] = field(default_factory=dict)
    readings: dict[str, dict[str, str]] = field(default_factory=dict)


def settings_file() -> Path:
    return paths.user_data_dir() / "settings.json"


def load_settings() -> Settings:
    """The stored settings; what cannot be read is replaced by its default."""
    settings = Settings()
    try:
        stored = json.loads(settings_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return settings
    except (OSError, ValueError, RecursionError) as error:
        _LOG.warning("settings not read: %s", error)
        return settings
    if not isinstance(stored, dict):
        return settings
    for entry in fields(Settings):
        value = stored.get(entry.name)
        if isinstance(value, type(getattr(settings, entry.name))):
            setattr(settings, entry.name, value)
    settings.column_widths = {
        key: width for key, width in settings.column_widths.items() if type(width) is int
    }
    settings.readings = {
        key: {doubt: said for doubt, said in kept.items() if isinstance(said, str)}
        for key, kept in settings.readings.items()
        if isinstance(kept, dict)
    }
    if settings.theme not in ("light", "dark"):
        settings.theme = "light"
    return settings


def save_settings(settings: Settings) -> None:
    """Write beside and replace; a full or read-only disk is logged, never in the way."""
    target = settings_file()
    try:
        files.write_own(target, json.dumps(asdict(settings), ensure_ascii=False, indent=1))
    except UserError as error:
        _LOG.warning("settings not written: %s", error)
