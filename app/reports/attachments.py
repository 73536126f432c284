"""Files inside the PDF."""

from typing import Any, ClassVar

from reportlab.pdfbase import pdfdoc

from app.papers.document import Document


def attach(canvas: Any, document: Document) -> None:
    """Embed files in the PDF's catalogue; ReportLab has no call for it, so its own PDF objects are used."""
    file = canvas._doc
    dictionary, name, text = pdfdoc.PDFDictionary, pdfdoc.PDFName, pdfdoc.PDFString
    held = []
    for one in document.attachments:
        stream = pdfdoc.PDFStream(
            dictionary=dictionary(
                {"Type": name("EmbeddedFile"), "Subtype": name(one.mime.replace("/", "#2F")),
                 "Params": dictionary({"Size": len(one.content)})}
            ),
            content=one.content,
        )  # fmt: skip
        stream.filters = [pdfdoc.PDFZCompress]
        specification = dictionary(
            {"Type": name("Filespec"), "F": text(one.name), "UF": text(one.name),
             "Desc": text(one.description), "AFRelationship": name("Data"),
             "EF": dictionary({"F": file.Reference(stream)})}
        )  # fmt: skip
        held.append((one.name, file.Reference(specification)))
    listed: list[Any] = []
    for one_name, reference in sorted(held, key=lambda pair: pair[0]):
        listed += [text(one_name), reference]
    file.Catalog.Names = dictionary(
        {"EmbeddedFiles": dictionary({"Names": pdfdoc.PDFArray(listed)})}
    )
    file.Catalog.AF = pdfdoc.PDFArray([reference for _, reference in held])
    file.Catalog.__class__ = _Catalogue


class _Catalogue(pdfdoc.PDFCatalog):
    __NoDefault__: ClassVar = [*pdfdoc.PDFCatalog.__NoDefault__, "AF", "Names"]
    __Refs__ = pdfdoc.PDFCatalog.__Refs__
