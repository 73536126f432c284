"""OFD (GB/T 33190) invoices: the tags that point to text objects, and the texts with their places."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from app.bills.amounts import day
from app.bills.invoice import Invoice, Line, line_of
from app.bills.invoice_xml import local, parse
from app.bills.layouts import layout
from app.bills.page import Place, Sheet, Word, stacked
from app.errors import Problem, UserError

_MOST_PARTS = 2000
_MOST_BYTES = 60_000_000  # of one part, unpacked
_MOST_PAGES = 40

_MOST_MILLIMETRES = 100_000


class Package:
    """The zip, read with limits."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.parts = self._zip.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise UserError(Problem(name, "文件不完整，打不开", "重新下载一份再拖进来")) from error
        if len(self.parts) > _MOST_PARTS:
            raise UserError(Problem(name, "里面的文件太多，不像一张发票", "看看是不是选错了文件"))

    def read(self, part: str) -> bytes:
        """UserError: not there, damaged, locked, or far bigger than it says."""
        try:
            with self._zip.open(part) as stream:
                data = stream.read(_MOST_BYTES + 1)
        except KeyError as error:
            raise UserError(
                Problem(self.name, f"缺了里面的 {part}", "重新下载一份再拖进来")
            ) from error
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            what = "加了密码" if "password" in str(error) else "文件不完整，打不开"
            raise UserError(Problem(self.name, what, "重新下载一份再拖进来")) from error
        except Exception as error:  # zlib and lzma have errors of their own
            if type(error).__module__ not in ("zlib", "_lzma", "lzma"):
                raise
            raise UserError(
                Problem(self.name, "文件不完整，打不开", "重新下载一份再拖进来")
            ) from error
        if len(data) > _MOST_BYTES:
            raise UserError(Problem(self.name, "解压后太大，没有读", "看看是不是选错了文件"))
        return data

    def xml(self, part: str) -> Element:
        return parse(self.read(part), f"{self.name} › {part}")

    def find(self, base: str, location: str) -> str:
        """The part a location means: from the root with a leading slash, else beside `base`."""
        if location.startswith("/"):
            path = posixpath.normpath(location.lstrip("/"))
        else:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(base), location))
        if path in self.parts:
            return path
        alike = [part for part in self.parts if part.casefold() == path.casefold()]
        return alike[0] if alike else path


def is_ofd(data: bytes) -> bool:
    try:
        return "OFD.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def _texts(element: Element, name: str) -> Iterator[str]:
    for one in element.iter():
        if local(one) == name:
            yield "".join(one.itertext()).strip()


def read_ofd(data: bytes, name: str) -> list[tuple[Invoice | None, Sheet]]:
    """Every document in the package: the invoice its tags tell (None without tags), and all its texts with places."""
    package = Package(data, name)
    if "OFD.xml" not in package.parts:
        raise UserError(Problem(name, "里面没有 OFD.xml，不是 OFD 文件", "重新下载一份再拖进来"))
    roots = list(_texts(package.xml("OFD.xml"), "DocRoot"))
    if not roots:
        raise UserError(Problem(name, "OFD 里没有文档", "重新下载一份再拖进来"))
    return [_document(package, package.find("OFD.xml", root)) for root in roots[:_MOST_PAGES]]


def _document(package: Package, root: str) -> tuple[Invoice | None, Sheet]:
    document = package.xml(root)
    pages = [
        (one.get("ID", ""), package.find(root, one.get("BaseLoc", "")))
        for one in document.iter()
        if local(one) == "Page" and one.get("BaseLoc")
    ][:_MOST_PAGES]
    templates = {
        one.get("ID", ""): package.find(root, one.get("BaseLoc", ""))
        for one in document.iter()
        if local(one) == "TemplatePage" and one.get("BaseLoc")
    }
    size = _box(next(_texts(document, "PhysicalBox"), "")) or (0.0, 0.0, 210.0, 140.0)
    texts: dict[str, Word] = {}
    stack = []
    for _, part in pages:
        content = package.xml(part)
        used = [
            templates[one.get("TemplateID", "")]
            for one in content.iter()
            if local(one) == "Template" and one.get("TemplateID", "") in templates
        ]
        box = _box(next(_texts(content, "PhysicalBox"), "")) or size
        words = dict(_objects(content))
        forms = [word for other in used for _, word in _objects(package.xml(other))]
        stack.append((box[2], box[3], [*words.values(), *forms]))
        for key, word in words.items():
            texts.setdefault(key, word)
    sheet = stacked(stack)
    return _tagged(package, document, root, texts, sheet), sheet


def _box(text: str) -> tuple[float, float, float, float] | None:
    numbers = [_measure(one) for one in text.split()]
    if None in numbers:
        return None
    four = [one for one in numbers if one is not None]
    return (four[0], four[1], four[2], four[3]) if len(four) == 4 else None


def _measure(text: str) -> float | None:
    """Millimetres on a page; None for words, nan, inf and what no page has."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < _MOST_MILLIMETRES else None  # false for nan, too


def _objects(content: Element) -> Iterator[tuple[str, Word]]:
    for one in content.iter():
        if local(one) != "TextObject":
            continue
        box = _box(one.get("Boundary", ""))
        text = "".join(
            "".join(code.itertext()) for code in one if local(code) == "TextCode"
        ).strip()
        if box is None or not text:
            continue
        size = _measure(one.get("Size", "3")) or 3.0
        width = min(box[2], max(size * 0.6 * sum(1.7 if ord(c) > 255 else 1 for c in text), size))
        yield one.get("ID", ""), Word(text, box[0], box[1], box[0] + width, box[1] + box[3])


def _tagged(
    package: Package, document: Element, root: str, texts: dict[str, Word], sheet: Sheet
) -> Invoice | None:
    """The invoice of the tag file; None when no tag points anywhere."""
    found: dict[str, list[Word]] = {}
    for listed in _texts(document, "CustomTags"):
        where = package.find(root, listed)
        try:
            files = [package.find(where, file) for file in _texts(package.xml(where), "FileLoc")]
            for file in files:
                _collect(package.xml(file), texts, found)
        except UserError:
            continue  # the texts themselves are still there
    tags: dict[str, list[str]] = layout("invoice")["tags"]
    words = {
        name: next((found[tag] for tag in names if found.get(tag)), [])
        for name, names in tags.items()
    }
    if not words["gross"] and not words["amount"]:
        return None
    text = {name: "".join(word.text for word in some) for name, some in words.items()}
    lines, lost = _lines(words, sheet)
    places = {name: sheet.place(*words[name]) for name in ("gross", "remark", "quantity")}
    return Invoice(
        number=text["number"],
        code=text["code"],
        issued=day(text["issued"]),
        buyer=text["buyer"],
        buyer_id=text["buyer_id"],
        seller=text["seller"],
        net=text["net"],
        tax=text["tax"],
        gross=text["gross"],
        words=text["words"],
        remark=" ".join(word.text for word in words["remark"]),
        lines=tuple(lines),
        places=_named(places),
        lost=tuple(lost),
    )


def _named(places: dict[str, Place | None]) -> dict[str, Place]:
    renamed = {"gross": "money"}
    return {renamed.get(name, name): place for name, place in places.items() if place is not None}


def _collect(tags: Element, texts: dict[str, Word], found: dict[str, list[Word]]) -> None:
    for element in tags.iter():
        references = [one for one in element if local(one) == "ObjectRef"]
        for one in references:
            word = texts.get("".join(one.itertext()).strip())
            if word is not None:
                found.setdefault(local(element), []).append(word)


_COLUMNS = ("item", "spec", "unit", "quantity", "price", "amount", "rate", "line_tax")


def _lines(words: dict[str, list[Word]], sheet: Sheet) -> tuple[list[Line], list[str]]:
    """The lines of goods: by order where every column has as many texts as there are amounts, else by height."""
    amounts = words["amount"]
    if not amounts:
        return [], []
    cells: list[dict[str, str]] = [{} for _ in amounts]
    places: list[Place | None] = [None for _ in amounts]
    lost: list[str] = []
    for name in _COLUMNS:
        some = words[name]
        if len(amounts) == 1:
            cells[0][name] = "".join(word.text for word in some)
            if name == "quantity":
                places[0] = sheet.place(*some)
                if len(some) > 1:
                    lost.append("数量分成了几段，没有读准")
        elif len(some) == len(amounts):
            for index, word in enumerate(some):
                cells[index][name] = word.text
                if name == "quantity":
                    places[index] = sheet.place(word)
        elif name == "item" and some:
            for text, index in _starred(some, len(amounts)):
                cells[index][name] = cells[index].get(name, "") + text
        elif some:
            rows = [_nearest(amounts, word) for word in some]
            if len(set(rows)) != len(rows):
                lost.append("明细的列对不齐，要看过")
            for word, index in zip(some, rows, strict=True):
                cells[index][name] = word.text
                if name == "quantity":
                    places[index] = sheet.place(word)
    lines = [line_of(cell, place) for cell, place in zip(cells, places, strict=True)]
    return lines, lost


def _nearest(amounts: list[Word], word: Word) -> int:
    return min(range(len(amounts)), key=lambda at: abs(amounts[at].centre - word.centre))


def _starred(some: list[Word], count: int) -> Iterator[tuple[str, int]]:
    """Names of goods that run over lines: each begins with 「*」."""
    index = -1
    for word in some:
        if re.match(r"\s*[*]", word.text) or index < 0:
            index = min(index + 1, count - 1)
        yield word.text, index
