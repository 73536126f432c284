"""Audits with a password: every page of the file, its journal, its backups and its copies is encrypted (SQLCipher).

The first 16 bytes of such a file are the salt, which begins with our mark, so that it is known for what it is. The key is
worked out once and kept in memory under the salt: every copy of the audit opens with it. A password that is forgotten
cannot be found out by anybody.
"""

import hashlib
import os
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

MARK = b"CleanAud"
LENGTH = 16
_ROUNDS = 256_000
_ENVIRONMENT = "CLEANAUDIT_PASSWORD"
_keys: dict[bytes, "Key"] = {}


@dataclass(frozen=True)
class Key:
    salt: bytes
    secret: bytes

    @property
    def text(self) -> str:
        """As SQLCipher takes it: key and salt, nothing to work out again."""
        return f"x'{self.secret.hex()}{self.salt.hex()}'"


def derive(password: str, salt: bytes) -> Key:
    """Takes about a fifth of a second, on purpose."""
    return Key(salt, hashlib.pbkdf2_hmac("sha512", password.encode("utf-8"), salt, _ROUNDS, 32))


def new_key(password: str) -> Key:
    key = derive(password, MARK + os.urandom(LENGTH - len(MARK)))
    remember(key)
    return key


def remember(key: Key) -> None:
    _keys[key.salt] = key


def forget(key: Key) -> None:
    """From now on the password is asked for again."""
    _keys.pop(key.salt, None)


def salt_of(path: Path) -> bytes | None:
    """None when the file has no password, or cannot be read. It must not be held: closing it drops our lock."""
    try:
        with path.open("rb") as stream:
            salt = stream.read(LENGTH)
    except OSError:
        return None
    return salt if salt.startswith(MARK) and len(salt) == LENGTH else None


def known(salt: bytes) -> Key | None:
    """The key of files with this salt: of this session, or from the environment (for scripts; not tried out here)."""
    if salt not in _keys and os.environ.get(_ENVIRONMENT):
        remember(derive(os.environ[_ENVIRONMENT], salt))
    return _keys.get(salt)


def module() -> ModuleType:
    """Imported when the first such file is opened."""
    import sqlcipher3.dbapi2

    return cast(ModuleType, sqlcipher3.dbapi2)


def is_sql_error(error: BaseException | None) -> bool:
    """Whether SQLite or SQLCipher raised it; their classes share no base."""
    if isinstance(error, sqlite3.Error):
        return True
    loaded = sys.modules.get("sqlcipher3.dbapi2")
    return loaded is not None and isinstance(error, loaded.Error)


def open_with(key: Key, uri: str, timeout: float) -> sqlite3.Connection:
    """A connection that reads and writes encrypted pages; it behaves like one of sqlite3."""
    connection = module().connect(
        uri, uri=True, isolation_level=None, timeout=timeout, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f'PRAGMA key = "{key.text}"')
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return cast(sqlite3.Connection, connection)


def export(source: Path, source_key: Key | None, target: Path, target_key: Key | None) -> None:
    """Write all of `source` at `target` (which does not exist yet) under another key, or none. Errors are SQLCipher's."""
    connection = module().connect(str(source), isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        if source_key is not None:
            connection.execute(f'PRAGMA key = "{source_key.text}"')
        connection.execute("PRAGMA temp_store = MEMORY")
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("user_version", "application_id")
        }
        text = target_key.text if target_key is not None else ""
        connection.execute("ATTACH ? AS other KEY ?", (str(target), text))
        connection.execute("SELECT sqlcipher_export('other')").fetchall()
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA other.{name} = {int(value)}")
        connection.execute("DETACH other")
    finally:
        connection.close()
