"""What makes a PDF fit for keeping: PDF/A-2b, and PDF/A-3b where data travel inside. Colour profile, metadata, files inside.

ReportLab knows none of it, so its own PDF objects are used. Which rules are checked and by what: docs/papers.md.
"""

import functools
from html import escape
from typing import Any, ClassVar

from reportlab.pdfbase import pdfdoc

from app import paths
from app.papers.document import Document
from app.reports.fonts import cleaned

_PRINTED = 4  # annotation flag: a link is printed, so that paper and file agree
_PRODUCER = "ReportLab"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li><rdf:li xml:lang="zh-CN">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate><xmp:CreatorTool>{tool}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer><pdf:Keywords>{keywords}</pdf:Keywords>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


class _Catalogue(pdfdoc.PDFCatalog):
    __NoDefault__: ClassVar = [
        *pdfdoc.PDFCatalog.__NoDefault__, "AF", "Names", "Metadata", "OutputIntents", "MarkInfo",
    ]  # fmt: skip
    __Refs__ = pdfdoc.PDFCatalog.__Refs__


class _Link(pdfdoc.LinkAnnotation):
    """A link that is printed, as an archive asks of every annotation."""

    def __init__(self, *place: Any, **named: Any) -> None:
        super().__init__(*place, F=_PRINTED, **named)


@functools.cache
def prepare() -> None:
    """Make ReportLab's links fit, once a process."""
    pdfdoc.LinkAnnotation = _Link


def make_archivable(canvas: Any, document: Document) -> None:
    """To be called before the file is written."""
    file = canvas._doc
    file.info.producer = _PRODUCER
    catalogue = file.Catalog
    catalogue.__class__ = _Catalogue
    catalogue.AF = catalogue.Names = catalogue.MarkInfo = None
    if getattr(catalogue, "PageLabels", None) is not None:
        catalogue.PageLabels = _labels(catalogue.PageLabels)
    catalogue.Metadata = _stream(
        file, {"Type": "Metadata", "Subtype": "XML"}, _packet(file, document), packed=False
    )
    profile = (paths.resources_dir() / "design" / "srgb.icc").read_bytes()
    catalogue.OutputIntents = pdfdoc.PDFArray(
        [
            pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("OutputIntent"),
                    "S": pdfdoc.PDFName("GTS_PDFA1"),
                    "OutputConditionIdentifier": pdfdoc.PDFString("sRGB IEC61966-2.1"),
                    "Info": pdfdoc.PDFString("sRGB IEC61966-2.1"),
                    "DestOutputProfile": _stream(file, {"N": 3}, profile),
                }
            )
        ]
    )
    if document.attachments:
        _attach(file, document)


def _labels(labels: Any) -> Any:
    """The labels of pages in their list itself, not each in an object of its own."""
    listed: list[Any] = []
    for page, label in sorted(labels.labels, key=lambda pair: pair[0]):
        parts = {key: getattr(label, key, None) for key in ("S", "P", "St")}
        kept = {key: value for key, value in parts.items() if value is not None}
        listed += [page, pdfdoc.PDFDictionary(kept)]
    return pdfdoc.PDFDictionary({"Nums": pdfdoc.PDFArray(listed)})


def _stream(file: Any, entries: dict[str, Any], content: bytes, *, packed: bool = True) -> Any:
    named = {
        key: pdfdoc.PDFName(value) if isinstance(value, str) else value
        for key, value in entries.items()
    }
    stream = pdfdoc.PDFStream(dictionary=pdfdoc.PDFDictionary(named), content=content)
    stream.filters = [pdfdoc.PDFZCompress] if packed else []
    return file.Reference(stream)


def _packet(file: Any, document: Document) -> bytes:
    """The metadata as XMP; the same words as in the document information."""
    info, stamp = file.info, file._timeStamp
    year, month, day, hour, minute, second = stamp.YMDhms
    date = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{int(second):02}{stamp.dhh:+03}:{stamp.dmm:02}"
    words = {
        "title": info.title, "author": info.author, "subject": info.subject, "tool": info.creator,
        "keywords": info.keywords, "producer": info.producer, "date": date,
    }  # fmt: skip
    said = {name: escape(str(value), quote=False) for name, value in words.items()}
    return _PACKET.format(part=3 if document.attachments else 2, **said).encode("utf-8")


def plain_words(text: str) -> str:
    """Words for the document information and the metadata, without what XML cannot hold."""
    return "".join(c for c in cleaned(text) if c not in "\ufffe\uffff")


def _attach(file: Any, document: Document) -> None:
    """Embed the files of the document in the catalogue."""
    dictionary, name, text = pdfdoc.PDFDictionary, pdfdoc.PDFName, pdfdoc.PDFString
    held = []
    for one in document.attachments:
        stream = pdfdoc.PDFStream(
            dictionary=dictionary(
                {
                    "Type": name("EmbeddedFile"),
                    "Subtype": f"/{one.mime.replace('/', '#2F')}",
                    "Params": dictionary(
                        {"Size": len(one.content), "ModDate": pdfdoc.PDFDate(ts=file._timeStamp)}
                    ),
                }
            ),
            content=one.content,
        )
        stream.filters = [pdfdoc.PDFZCompress]
        specification = dictionary(
            {
                "Type": name("Filespec"),
                "F": text(one.name),
                "UF": text(one.name),
                "Desc": text(one.description),
                "AFRelationship": name("Data"),
                "EF": dictionary({"F": file.Reference(stream)}),
            }
        )
        held.append((one.name, file.Reference(specification)))
    listed: list[Any] = []
    for one_name, reference in sorted(held, key=lambda pair: pair[0]):
        listed += [text(one_name), reference]
    file.Catalog.Names = dictionary(
        {"EmbeddedFiles": dictionary({"Names": pdfdoc.PDFArray(listed)})}
    )
    file.Catalog.AF = pdfdoc.PDFArray([reference for _, reference in held])
