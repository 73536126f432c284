"""The words of a finished paper, read from its bytes: what was printed is compared with the data, not with what was meant.

Reads papers of this program only: content streams packed by ReportLab, subset fonts with a ToUnicode map.
"""

import functools
import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\r?\n")
_END = b"\nendobj"
_HEAD = 400
_STREAM = re.compile(rb"/Length (\d+)\b.*?\bstream\r?\n", re.DOTALL)
_FONT = re.compile(rb"/Name /(F\d+\+\d+)")
_MAP = re.compile(rb"/ToUnicode (\d+) 0 R")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4,})>")
_SHOWN = re.compile(rb"/(F\d+\+\d+) [-\d.]+ Tf|\(([^()\\]*(?:\\.[^()\\]*)*)\) Tj", re.DOTALL)
_NONE = [""] * 256


def text_of(content: bytes) -> str:
    """Everything written on the paper in drawing order, without white space. ValueError for bytes that are no such paper."""
    objects = dict(_objects(content))
    maps: list[tuple[bytes, bytes]] = []
    for body in objects.values():
        name, source = _FONT.search(body), _MAP.search(body)
        if name and source:
            maps.append((name[1], objects[int(source[1])]))
    pages = [body for body in objects.values() if b"/Type /Page\n" in body + b"\n"]
    words: list[str] = []
    for page in pages:
        found = re.search(rb"/Contents (\d+) 0 R", page)
        if found is not None:
            words.append(_shown(objects[int(found[1])], tuple(maps)))
    return "".join(words)


def _objects(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and body of every object but photographs."""
    found = _OBJECT.search(content)
    while found is not None:
        start = found.end()
        end = content.find(_END, start)
        if end < 0:
            return
        if b"/DCTDecode" not in content[start : min(start + _HEAD, end)]:
            yield int(found[1]), content[start:end].removesuffix(b"\r")
        found = _OBJECT.search(content, end)


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        raise ValueError("an object without its stream")
    data = body[found.end() : found.end() + int(found[1])]
    return zlib.decompress(data) if b"/FlateDecode" in body[: found.end()] else data


@functools.lru_cache(maxsize=64)
def _characters(map_of_font: bytes) -> list[str]:
    """The character of each code of one subset, "" for a code that has none."""
    characters = [""] * 256
    for code, text in _PAIR.findall(_unpacked(map_of_font)):
        characters[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return characters


@functools.lru_cache(maxsize=256)  # a paper set again has nearly the pages of the one before
def _shown(page: bytes, maps: tuple[tuple[bytes, bytes], ...]) -> str:
    """The words of a page. maps: (font, its ToUnicode map)."""
    fonts = {font: _characters(map_of_font) for font, map_of_font in maps}
    words: list[str] = []
    current = _NONE
    for font, text in _SHOWN.findall(_unpacked(page)):
        if font:
            current = fonts.get(font, _NONE)
            continue
        words.append(_bytes_of(text).translate(current))
    return re.sub(r"\s", "", "".join(words))


@functools.lru_cache(maxsize=4096)
def _bytes_of(text: bytes) -> str:
    """What a string of the file stands for, one character a code."""
    return text.replace(b"\\(", b"(").replace(b"\\)", b")").decode("unicode_escape")
