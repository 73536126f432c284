"""OLE files (.xls, .et): one stream out of a file that may be damaged, and a new file that holds that stream only.

calamine follows the chains of sectors as they stand: one that bites its tail fills the memory until the system ends the
program. So it is given a file whose chains we wrote.
"""

import struct
from collections.abc import Iterator

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 4096
_ENTRIES = _SECTOR // 4
_MOST_PARTS = 109  # of the table of sectors, as many as the header names: 450 MB
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def stream_of(data: bytes, names: tuple[str, ...]) -> bytes | None:
    """One stream of an OLE file by its name, without regard to case; None when there is none. ValueError: damaged."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    small = 1 << struct.unpack_from("<H", data, 32)[0]
    if sector not in (512, 4096) or small != 64:
        raise ValueError("sector")
    entries = sector // 4

    def block(number: int) -> bytes:
        return data[(number + 1) * sector : (number + 2) * sector]

    parts = [n for n in struct.unpack_from("<109I", data, 76) if n < 0xFFFFFFFC]
    more = struct.unpack_from("<I", data, 68)[0]
    seen: set[int] = set()
    while more < 0xFFFFFFFC and more not in seen:
        seen.add(more)
        listed = struct.unpack(f"<{entries}I", block(more).ljust(sector, b"\xff"))
        parts += [n for n in listed[:-1] if n < 0xFFFFFFFC]
        more = listed[-1]
    fat: list[int] = []
    sectors = len(data) // sector + 1
    for part in parts[: sectors // entries + 1]:
        fat += struct.unpack(f"<{entries}I", block(part).ljust(sector, b"\xff"))

    def chain(first: int, table: list[int]) -> Iterator[int]:
        met: set[int] = set()
        while first < len(table) and first not in met:
            met.add(first)
            yield first
            first = table[first]

    folder = b"".join(block(n) for n in chain(struct.unpack_from("<I", data, 48)[0], fat))
    root_first = root_size = -1
    found: tuple[int, int] | None = None
    wanted = {name.lower() for name in names}
    for at in range(0, len(folder) - 127, 128):
        length = struct.unpack_from("<H", folder, at + 64)[0]
        name = folder[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", folder, at + 116)
        if folder[at + 66] == 5:
            root_first, root_size = first, size
        elif folder[at + 66] == 2 and name.lower() in wanted and found is None:
            found = first, size
    if found is None:
        return None
    if found[1] >= struct.unpack_from("<I", data, 56)[0]:
        return b"".join(block(n) for n in chain(found[0], fat))[: found[1]]
    mini = b"".join(block(n) for n in chain(root_first, fat))[:root_size]
    mini_fat: list[int] = []
    for part in chain(struct.unpack_from("<I", data, 60)[0], fat):
        mini_fat += struct.unpack(f"<{entries}I", block(part).ljust(sector, b"\xff"))
    pieces = (mini[n * small : (n + 1) * small] for n in chain(found[0], mini_fat))
    return b"".join(pieces)[: found[1]]


def file_of(name: str, stream: bytes) -> bytes:
    """An OLE file with one stream. ValueError: too large."""
    # Short streams would be kept in another way; what follows the last record is not read.
    stream = stream.ljust(_SECTOR, b"\0")
    length = -(-len(stream) // _SECTOR)
    # Sectors: the tables, the directory, one the root must have, the stream.
    tables = 1
    while tables * _ENTRIES < tables + 2 + length:
        tables += 1
    if tables > _MOST_PARTS:
        raise ValueError("too large")
    directory, small, first = tables, tables + 1, tables + 2
    chain = [_TABLE] * tables + [_END, _END]
    chain += [*range(first + 1, first + length), _END]
    chain += [_FREE] * (tables * _ENTRIES - len(chain))
    header = _MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 4, 0xFFFE, 12, 6) + bytes(6)
    header += struct.pack("<IIIII", 1, tables, directory, 0, _SECTOR)
    header += struct.pack("<IIII", _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (_MOST_PARTS - tables))
    entries = _entry("Root Entry", 5, 1, small, 64) + _entry(name, 2, _FREE, first, len(stream))
    return b"".join(
        (
            header.ljust(_SECTOR, b"\0"),
            struct.pack(f"<{len(chain)}I", *chain),
            entries.ljust(_SECTOR, b"\0"),
            bytes(_SECTOR),
            stream.ljust(length * _SECTOR, b"\0"),
        )
    )


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(36)
    return entry + struct.pack("<IQ", first, size)
