"""E-invoices as XML, and the safe parsing of any XML that comes from outside."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from app.bills.amounts import day
from app.bills.invoice import Invoice, Line
from app.bills.layouts import layout
from app.errors import Problem, UserError

MOST_BYTES = 20_000_000


def parse(data: bytes, name: str) -> Element:
    """The root. Mends prefixes that are not declared (`<:eInvoice xmlns:="">`) and GBK texts without a declaration.

    UserError: not XML, too big, or with entities of its own (a known way to choke a reader).
    """
    if len(data) > MOST_BYTES:
        raise UserError(Problem(name, "文件太大，不像一张发票", "看看是不是选错了文件"))
    try:
        for attempt in (_as_is, _without_prefixes):
            root = attempt(data)
            if root is not None:
                return root
    except (DefusedXmlException, RecursionError) as error:
        raise UserError(
            Problem(name, "里面有会撑爆程序的写法（实体），没有读", "向开票的单位要一份原件")
        ) from error
    raise UserError(Problem(name, "不是完好的 XML", "重新下载一份再拖进来"))


def _as_is(data: bytes) -> Element | None:
    try:
        root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException:  # a ValueError too
        raise
    except (ParseError, ValueError, LookupError):
        return None
    return root


def _without_prefixes(data: bytes) -> Element | None:
    """The same without any prefix, in whatever encoding it really is."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = re.sub(r"<\?xml[^>]*\?>", "", text).strip().lstrip("\ufeff")
        text = re.sub(r"\sxmlns[\w.:-]*\s*=\s*(\"[^\"]*\"|'[^']*')", "", text)
        text = re.sub(r"<(/?)[\w.-]*:", r"<\1", text)
        text = re.sub(r"(\s)[\w.-]+:([\w.-]+\s*=)", r"\1\2", text)
        text = re.sub(r"&(?!#?\w+;)", "&amp;", text)
        try:
            root: Element = defusedxml.ElementTree.fromstring(text, forbid_dtd=True)
        except DefusedXmlException:
            raise
        except (ParseError, ValueError):
            continue
        return root
    return None


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _all(element: Element, names: list[str]) -> Iterator[Element]:
    for one in element.iter():
        if local(one) in names:
            yield one


def _text(element: Element, names: list[str]) -> str:
    """The first of `names` (in their order) that says something."""
    for name in names:
        for one in _all(element, [name]):
            text = "".join(one.itertext()).strip()
            if text:
                return text
    return ""


def is_invoice(root: Element) -> bool:
    tags = layout("invoice")["tags"]
    return bool(_text(root, tags["gross"]) or _text(root, tags["line"])) and bool(
        _text(root, tags["buyer"]) or _text(root, tags["number"])
    )


def invoices_of(root: Element) -> list[Invoice]:
    """Every invoice in the file (several may lie in one root)."""
    several = [one for one in root.iter() if local(one) in ("EInvoice", "eInvoice")]
    inner = [one for one in several if one is not root]
    roots = inner if len(inner) > 1 else [root]
    return [_invoice(one) for one in roots]


def _invoice(root: Element) -> Invoice:
    tags: dict[str, list[str]] = layout("invoice")["tags"]
    lines = []
    for element in _all(root, tags["line"]):
        item = _text(element, tags["item"])
        if not item and not _text(element, tags["amount"]):
            continue
        lines.append(
            Line(
                item,
                _text(element, tags["spec"]),
                _text(element, tags["unit"]),
                _text(element, tags["quantity"]),
                _text(element, tags["price"]),
                _text(element, tags["amount"]),
                _text(element, tags["rate"]),
                _text(element, tags["line_tax"]),
            )
        )
    issued = _text(root, tags["issued"])
    return Invoice(
        number=_text(root, tags["number"]),
        code=_text(root, tags["code"]),
        issued=day(issued),
        buyer=_text(root, tags["buyer"]),
        buyer_id=_text(root, tags["buyer_id"]),
        seller=_text(root, tags["seller"]),
        net=_text(root, tags["net"]),
        tax=_text(root, tags["tax"]),
        gross=_text(root, tags["gross"]),
        words=_text(root, tags["words"]),
        remark=_text(root, tags["remark"]),
        lines=tuple(lines),
    )
