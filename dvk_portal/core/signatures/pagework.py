"""Compares two PDF files page by page with PDFium. Run as a program of its own (``pages.compare`` starts it).

PDFium is native code that reads files of strangers: here it may crash, loop or eat memory without taking the portal along.
Standard input: a line of JSON with the lengths and limits, then both files. Standard output: one JSON object.
Imports nothing of the portal, so that it starts quickly.
"""

import ctypes
import difflib
import json
import resource
import sys
import unicodedata

import pypdfium2
import pypdfium2.raw as pdfium

TOLERANCE = 32  # of 255: rounding of two renderings, never a stroke of a letter
PAPER = 200  # lighter than this is paper, darker is ink
EDGE = 2.0  # points by which a signature may exceed its box
CONTEXT = 40


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    agreed, given = (sys.stdin.buffer.read(length) for length in order["lengths"])
    json.dump(compare(agreed, given, order), sys.stdout)


def compare(agreed: bytes, given: bytes, order: dict) -> dict:
    """``pages``: count of each; ``faults``: [page, kind, …] in page order, pages counted from 1."""
    try:
        left, right = pypdfium2.PdfDocument(agreed), pypdfium2.PdfDocument(given)
    except pypdfium2.PdfiumError:
        return {"pages": [0, 0], "faults": [[0, "unreadable"]]}
    counts = [len(left), len(right)]
    if counts[0] != counts[1] or max(counts) > order["pages_max"]:
        return {"pages": counts, "faults": []}
    for document in (left, right):
        document.init_forms()
    faults: list = []
    for number in range(counts[0]):
        faults += _page(left, right, number, order)
        if len(faults) >= order["faults_max"]:
            break
    return {"pages": counts, "faults": faults}


def _page(left, right, number: int, order: dict) -> list:
    try:
        one, other = left[number], right[number]
    except pypdfium2.PdfiumError:
        return [[number + 1, "unreadable"]]
    if any(abs(a - b) > 1 for a, b in zip(one.get_size(), other.get_size(), strict=True)):
        return [[number + 1, "size"]]
    if max(one.get_size()) > order["points_max"]:
        return [[number + 1, "huge"]]
    text = _text_difference(one, other)
    if text:
        return [[number + 1, "text", *text]]
    boxes = _signature_boxes(left, one)
    outside = [each for each in _signature_boxes(right, other) if not any(_within(each, box) for box in boxes)]
    final = _pixels(other, order["dpi"]) if outside else None
    one, other = _without_signatures(left, one, number), _without_signatures(right, other, number)
    if _annotations(one) != _annotations(other):
        return [[number + 1, "annotations"]]
    before, after = _pixels(one, order["dpi"]), _pixels(other, order["dpi"])
    if _differ(before[2], after[2]):
        return [[number + 1, "picture"]]
    return [[number + 1, _covered(other, stamp, before, final)] for stamp in outside]


# --- text ------------------------------------------------------------------------------------------------------------


def _text(page) -> str:
    text = page.get_textpage().get_text_range()
    return " ".join(unicodedata.normalize("NFC", text).split())


def _text_difference(one, other) -> list:
    """The first place where the texts differ, as agreed and as given, and how alike the pages are (0 to 100)."""
    agreed, given = _text(one), _text(other)
    if agreed == given:
        return []
    words = agreed.split(), given.split()
    alike = round(100 * difflib.SequenceMatcher(None, *words, autojunk=False).quick_ratio())
    start = next((at for at, (a, b) in enumerate(zip(*words, strict=False)) if a != b), min(map(len, words)))
    return [_excerpt(words[0], start), _excerpt(words[1], start), alike]


def _excerpt(words: list, start: int) -> str:
    text = " ".join(words[max(0, start - 3) : start + 5])
    return text if len(text) <= 3 * CONTEXT else text[: 3 * CONTEXT] + "…"


# --- annotations -----------------------------------------------------------------------------------------------------


def _each_annotation(page):
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if annotation:
            yield index, annotation
            pdfium.FPDFPage_CloseAnnot(annotation)


def _is_signature(document, annotation) -> bool:
    if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET or document.formenv is None:
        return False
    return pdfium.FPDFAnnot_GetFormFieldType(document.formenv, annotation) == pdfium.FPDF_FORMFIELD_SIGNATURE


def _rectangle(annotation) -> tuple:
    found = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, found)
    left, right = sorted((found.left, found.right))
    bottom, top = sorted((found.bottom, found.top))
    return left, bottom, right, top


def _signature_boxes(document, page) -> list:
    """Where signatures are shown or will be; invisible ones take no room."""
    boxes = [_rectangle(each) for _, each in _each_annotation(page) if _is_signature(document, each)]
    return [box for box in boxes if box[2] > box[0] and box[3] > box[1]]


def _without_signatures(document, page, number: int):
    """The page again, its signatures taken off in memory, so that what is under them is compared too."""
    for index in reversed([at for at, each in _each_annotation(page) if _is_signature(document, each)]):
        pdfium.FPDFPage_RemoveAnnot(page, index)
    page.close()  # the form layer keeps what it drew until the page is loaded anew
    return document[number]


def _annotations(page) -> list:
    """Kind, flags and place of every other annotation: one that shows only in print is invisible here."""
    found = []
    for _, each in _each_annotation(page):
        place = [round(value) for value in _rectangle(each)]
        found.append((pdfium.FPDFAnnot_GetSubtype(each), pdfium.FPDFAnnot_GetFlags(each), place))
    return sorted(found)


# --- pictures --------------------------------------------------------------------------------------------------------


def _pixels(page, dpi: int) -> tuple:
    bitmap = page.render(scale=dpi / 72, grayscale=True)
    rows = [
        bytes(bitmap.buffer[at : at + bitmap.width]) for at in range(0, bitmap.stride * bitmap.height, bitmap.stride)
    ]
    return bitmap.width, bitmap.height, rows


def _differ(before: list, after: list) -> bool:
    if len(before) != len(after):
        return True
    pairs = ((one, other) for one, other in zip(before, after, strict=True) if one != other)
    return any(abs(a - b) > TOLERANCE for one, other in pairs for a, b in zip(one, other, strict=True))


def _within(stamp: tuple, box: tuple) -> bool:
    lower = all(inner >= outer - EDGE for inner, outer in zip(stamp[:2], box[:2], strict=True))
    return lower and all(inner <= outer + EDGE for inner, outer in zip(stamp[2:], box[2:], strict=True))


def _covered(page, stamp: tuple, before: tuple, final: tuple) -> str:
    """Whether a signature outside its box hides ink of the agreed page ("hides") or not ("outside")."""
    width, height, _ = before
    x1, y1 = _on_screen(page, width, height, stamp[0], stamp[1])
    x2, y2 = _on_screen(page, width, height, stamp[2], stamp[3])
    left, right = max(0, min(x1, x2)), min(width, max(x1, x2) + 1)
    for row in range(max(0, min(y1, y2)), min(height, max(y1, y2) + 1)):
        for ink, shown in zip(before[2][row][left:right], final[2][row][left:right], strict=True):
            if ink < PAPER and shown > ink + TOLERANCE:
                return "hides"
    return "outside"


def _on_screen(page, width: int, height: int, x: float, y: float) -> tuple:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value, down.value


if __name__ == "__main__":
    main()
