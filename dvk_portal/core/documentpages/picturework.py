"""Draws one page of a PDF (``pictures.picture`` starts it as a program of its own, under limits of time and memory).

Standard input: a line of JSON, then the file. Standard output: a line of JSON, then the PNG. Imports nothing of the portal.
"""

import json
import resource
import struct
import sys
import zlib

import pypdfium2


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    document.init_forms()
    facts, png = {"pages": len(document), "width": 0, "height": 0}, b""
    if 1 <= order["page"] <= len(document):
        bitmap = document[order["page"] - 1].render(scale=order["dpi"] / 72, rev_byteorder=True)
        facts["width"], facts["height"] = bitmap.width, bitmap.height
        png = png_of(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + png)


def png_of(pixels: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    """A PNG of rows of RGB (or of RGBX, whose fourth byte is dropped); there is no picture library to do it."""
    rows = (pixels[row * stride : row * stride + width * channels] for row in range(height))
    if channels == 4:
        rows = (_without_fourth(row) for row in rows)
    kind = 0 if channels == 1 else 2
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 6)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _without_fourth(row: bytes) -> bytes:
    kept = bytearray(row)
    del kept[3::4]
    return bytes(kept)


if __name__ == "__main__":
    main()
