"""A structural check of PDF/A-2b (ISO 19005-2), as far as it can be had without a validator: what breaks most often.

It finds missing output intents, metadata, fonts that are not embedded, annotations that a reader may hide or that have no
appearance, forbidden filters, actions and encryption. It does not look inside fonts, profiles or content streams.
"""

import io
from collections.abc import Iterator

from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from dvk_portal.core.signatures import structure
from dvk_portal.core.signatures.structure import entry

_ID = "{http://www.aiim.org/pdfa/ns/id/}"
_PRINT, _HIDDEN = 4, 1 | 2 | 32 | 256  # Print; Invisible, Hidden, NoView, ToggleNoView
_FORBIDDEN_FILTERS = {"/LZWDecode", "/Crypt"}
_FORBIDDEN_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie", "/FileAttachment"}
_BLEND_MODES = {
    "/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge", "/ColorBurn",
    "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "/Luminosity",
}  # fmt: skip


def faults(pdf: bytes) -> list[str]:
    """What speaks against PDF/A-2b, in the order of the standard; empty when nothing was found."""
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    found = [*_file(pdf, reader)]
    if entry(reader.trailer_view, "/Encrypt") is not None:
        return found
    found += [*_metadata(reader.root), *_output_intent(reader.root), *_form(reader.root)]
    for dictionary in structure._dictionaries(reader.root):
        found += [*_stream(dictionary), *_font(dictionary), *_annotation(dictionary), *_graphics(dictionary)]
    found += [f"6.5 {action}" for action in structure.active_content(reader)]
    return list(dict.fromkeys(found))


def _file(pdf: bytes, reader: PdfFileReader) -> Iterator[str]:
    first, second = pdf[:200].replace(b"\r", b"\n").split(b"\n")[:2]
    if not first.startswith(b"%PDF-1."):
        yield "6.1.2 header is not %PDF-1.n"
    if second[:1] != b"%" or len(second) < 5 or any(byte < 128 for byte in second[1:5]):
        yield "6.1.2 header is not followed by a binary comment"
    if entry(reader.trailer_view, "/ID") is None:
        yield "6.1.3 trailer has no ID"
    if entry(reader.trailer_view, "/Encrypt") is not None:
        yield "6.1.3 file is encrypted"


def _metadata(root: generic.DictionaryObject) -> Iterator[str]:
    if "/Metadata" not in root:
        yield "6.6.2 no metadata"
        return
    described = list(
        etree.fromstring(root["/Metadata"].data).iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    )
    for name, wanted in (("part", "2"), ("conformance", "B")):
        values = [each.findtext(f"{_ID}{name}") or each.get(f"{_ID}{name}") for each in described]
        if [value for value in values if value] != [wanted]:
            yield f"6.6.4 metadata does not say {name} {wanted}"


def _output_intent(root: generic.DictionaryObject) -> Iterator[str]:
    intents = [each.get_object() for each in entry(root, "/OutputIntents") or ()]
    if not any(entry(each, "/S") == "/GTS_PDFA1" and "/DestOutputProfile" in each for each in intents):
        yield "6.2.3 no output intent with a colour profile"


def _form(root: generic.DictionaryObject) -> Iterator[str]:
    form = entry(root, "/AcroForm")
    if form is not None and entry(form, "/NeedAppearances"):
        yield "6.4.1 form leaves its appearances to the reader"


def _stream(dictionary: generic.DictionaryObject) -> Iterator[str]:
    if not isinstance(dictionary, generic.StreamObject):
        return
    filters = entry(dictionary, "/Filter") or ()
    names = {filters} if isinstance(filters, str) else set(filters)
    yield from (f"6.1.7 stream with filter {name}" for name in sorted(names & _FORBIDDEN_FILTERS))
    if any(key in dictionary for key in ("/F", "/FFilter", "/FDecodeParms")):
        yield "6.1.7 stream in an external file"
    if entry(dictionary, "/Subtype") == "/Image" and entry(dictionary, "/Interpolate"):
        yield "6.2.8 image with interpolation"


def _font(dictionary: generic.DictionaryObject) -> Iterator[str]:
    if entry(dictionary, "/Type") != "/Font" or entry(dictionary, "/Subtype") in ("/Type0", "/Type3"):
        return
    descriptor = entry(dictionary, "/FontDescriptor") or {}
    if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        yield f"6.2.11 font {entry(dictionary, '/BaseFont')} is not embedded"


def _annotation(dictionary: generic.DictionaryObject) -> Iterator[str]:
    kind = entry(dictionary, "/Subtype")
    if "/Rect" not in dictionary or not isinstance(kind, generic.NameObject) or kind == "/Popup":
        return
    if kind in _FORBIDDEN_ANNOTATIONS:
        yield f"6.3.1 annotation {kind}"
    flags = int(entry(dictionary, "/F") or 0)
    if not flags & _PRINT or flags & _HIDDEN:
        yield f"6.3.2 annotation {kind} may stay unseen (flags {flags})"
    x1, y1, x2, y2 = dictionary["/Rect"]
    if x1 != x2 and y1 != y2 and kind != "/Link":
        appearance = entry(dictionary, "/AP")
        if appearance is None or list(appearance) != ["/N"]:
            yield f"6.3.3 annotation {kind} has no normal appearance, or more than that"


def _graphics(dictionary: generic.DictionaryObject) -> Iterator[str]:
    mode = entry(dictionary, "/BM")
    modes = {mode} if isinstance(mode, str) else set(mode or ())
    yield from (f"6.2.10 blend mode {each}" for each in sorted(modes - _BLEND_MODES))
    if "/TR" in dictionary and entry(dictionary, "/Type") == "/ExtGState":
        yield "6.2.5 transfer function"
