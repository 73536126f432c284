"""What screens know of damaged files and backups, from the storage below."""

from app.storage.backups import Backup as Backup
from app.storage.backups import Compared as Compared
from app.storage.database import DamagedFile as DamagedFile
