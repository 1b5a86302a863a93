"""Reads a QR code as a phone would: from a picture on the screen or from the page of a PDF (ISO/IEC 18004).

For undamaged codes of byte mode only, as ours are: no error is corrected, so one wrong module fails the reading. The
tables of blocks are those of ``qrcode``, which draws none of ours.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream
from qrcode.base import rs_blocks
from qrcode.util import pattern_position

type Matrix = list[list[bool]]
#: The smallest code has more strokes; a line or a box has fewer.
LEAST_STROKES = 100
_MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
_FORMAT_MASK = 0b101010000010010


def from_picture(png: bytes) -> str:
    """The text of the one code in a picture whose surroundings are light."""
    dark = Image.open(io.BytesIO(png)).convert("L").point(lambda value: 255 if value < 128 else 0)
    box = dark.getbbox()
    assert box is not None, "no code in the picture"
    left, top, right, bottom = box
    assert abs((right - left) - (bottom - top)) <= 2, "the code is not square, or something beside it is dark"
    row = [dark.getpixel((x, top + 1)) > 0 for x in range(left, right)]
    module = row.index(False) / 7  # the finder pattern's upper edge is seven modules long
    size = round((right - left) / module)
    step = (right - left) / size
    return decode(
        [
            [dark.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step))) > 0 for x in range(size)]
            for y in range(size)
        ]
    )


def from_pdf(content: bytes) -> list[str]:
    """The texts of the codes drawn on the pages, from the top: paths of strokes whose unit is one module."""
    reader = PdfReader(io.BytesIO(content))
    return [decode(_matrix(strokes)) for page in reader.pages for strokes in _drawn(page)]


def _drawn(page: PageObject) -> Iterator[list[tuple[float, float, float]]]:
    """Each path of many level strokes, a stroke as (from, height, to)."""
    path: list[tuple[float, float, float]] = []
    at = (0.0, 0.0)
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"m", b"l"):
            to = (float(operands[0]), float(operands[1]))
            if operator == b"l" and to[1] == at[1]:
                path.append((at[0], at[1], to[0]))
            at = to
        elif operator in (b"S", b"B", b"f", b"n"):
            if len(path) >= LEAST_STROKES:
                yield path
            path = []


def _matrix(strokes: list[tuple[float, float, float]]) -> Matrix:
    size = round(max(to for _, _, to in strokes))
    matrix = [[False] * size for _ in range(size)]
    for start, height, to in strokes:
        for x in range(round(start), round(to)):
            matrix[int(height)][x] = True
    return matrix


def decode(matrix: Matrix) -> str:
    """The text of the modules, dark is True."""
    size = len(matrix)
    version = (size - 17) // 4
    assert size == 17 + 4 * version, f"{size} modules are no code"
    level, mask = _format(matrix)
    fixed = _fixed(version, size)
    bits, up, x = [], True, size - 1
    while x > 0:
        x -= x == 6  # the column of the timing pattern is left out
        for y in range(size - 1, -1, -1) if up else range(size):
            bits += [matrix[y][at] ^ _MASKS[mask](y, at) for at in (x, x - 1) if not fixed[y][at]]
        up, x = not up, x - 2
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    return _text(_in_order(words, version, level), version)


def _format(matrix: Matrix) -> tuple[int, int]:
    around = [matrix[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [matrix[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    value = (_number(around) ^ _FORMAT_MASK) >> 10
    return value >> 3, value & 7


def _fixed(version: int, size: int) -> Matrix:
    """Where no data lies: finders with format, timing, alignment, version."""
    fixed = [[x == 6 or y == 6 for x in range(size)] for y in range(size)]

    def fill(ys: range, xs: range) -> None:
        for y in ys:
            for x in xs:
                fixed[y][x] = True

    for ys, xs in ((range(9), range(9)), (range(9), range(size - 8, size)), (range(size - 8, size), range(9))):
        fill(ys, xs)
    centres = pattern_position(version)
    for y in centres:
        for x in centres:
            if (y, x) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                fill(range(y - 2, y + 3), range(x - 2, x + 3))
    if version >= 7:
        fill(range(6), range(size - 11, size - 8))
        fill(range(size - 11, size - 8), range(6))
    return fixed


def _in_order(words: list[int], version: int, level: int) -> list[int]:
    """The data of the blocks one after another; they lie interleaved."""
    lengths = [block.data_count for block in rs_blocks(version, level)]
    blocks: list[list[int]] = [[] for _ in lengths]
    left = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(left))
    return [word for block in blocks for word in block]


def _text(words: list[int], version: int) -> str:
    bits = [bool(word >> at & 1) for word in words for at in range(7, -1, -1)]
    assert _number(bits[:4]) == 0b0100, "not a code of bytes"
    wide = 8 if version < 10 else 16
    count = _number(bits[4 : 4 + wide])
    body = bits[4 + wide : 4 + wide + 8 * count]
    return bytes(_number(body[at : at + 8]) for at in range(0, len(body), 8)).decode()


def _number(bits: list[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)
