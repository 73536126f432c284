"""The words of a finished paper, read from its bytes: what was printed is compared with the data, not with what was meant.

Reads papers of this program only: content streams packed by ReportLab, subset fonts with a ToUnicode map.
"""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\r?\n(.*?)\r?\nendobj", re.DOTALL)
_HEAD = 400
_STREAM = re.compile(rb"/Length (\d+)\b.*?\bstream\r?\n", re.DOTALL)
_FONT = re.compile(rb"/Name /(F\d+\+\d+)")
_MAP = re.compile(rb"/ToUnicode (\d+) 0 R")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4,})>")
_SHOWN = re.compile(rb"/(F\d+\+\d+) [-\d.]+ Tf|\(((?:[^()\\]|\\.)*)\) Tj", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(content: bytes) -> str:
    """Everything written on the paper in drawing order, without white space. ValueError for bytes that are no such paper."""
    objects = {
        int(one[1]): one[2]
        for one in _OBJECT.finditer(content)
        if b"/DCTDecode" not in content[one.start(2) : one.start(2) + _HEAD]  # a photograph
    }
    maps: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        name, source = _FONT.search(body), _MAP.search(body)
        if name and source:
            maps[name[1]] = _characters(_unpacked(objects[int(source[1])]))
    pages = [body for body in objects.values() if b"/Type /Page\n" in body + b"\n"]
    words: list[str] = []
    for page in pages:
        found = re.search(rb"/Contents (\d+) 0 R", page)
        if found is not None:
            words += _shown(_unpacked(objects[int(found[1])]), maps)
    return re.sub(r"\s", "", "".join(words))


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        raise ValueError("an object without its stream")
    data = body[found.end() : found.end() + int(found[1])]
    return zlib.decompress(data) if b"/FlateDecode" in body[: found.end()] else data


def _characters(source: bytes) -> dict[int, str]:
    """Code → character of one subset."""
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in _PAIR.findall(source)
    }


def _shown(stream: bytes, maps: dict[bytes, dict[int, str]]) -> list[str]:
    words: list[str] = []
    current: dict[int, str] = {}
    for font, text in _SHOWN.findall(stream):
        if font:
            current = maps.get(font, {})
            continue
        words.append("".join(current.get(code, "") for code in _ESCAPE.sub(_plain, text)))
    return words


def _plain(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code[:1].isdigit():
        return bytes([int(code, 8) & 255])
    return _LETTERS.get(code, code)
