"""Tiles and entry bundles (C2SP tlog-tiles): how the tree lies in files, how it grows, how it is read back.

A tile holds up to 256 hashes of one level; level L+1 holds the roots of the *full* tiles below. An entry bundle holds
the leaves under a level-0 tile, each with its length in front.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from ledger import merkle
from ledger.merkle import HASH_BYTES, ProofError

WIDTH = 256
MAX_LEVEL = 63
ENTRIES: Literal["entries"] = "entries"
_path = re.compile(
    r"tile/(?P<level>[0-9]|[1-5][0-9]|6[0-3]|entries)/(?P<n>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
).fullmatch


class Tile(NamedTuple):
    """The name of a tile (or, with the level `entries`, of an entry bundle) of `width` hashes."""

    level: int | Literal["entries"]
    n: int
    width: int = WIDTH


type ReadTile = Callable[[Tile], bytes]


def path(tile: Tile) -> str:
    """Where a tile lies under the log's folder, such as `tile/1/001.p/17`."""
    level, n, width = tile
    if (level != ENTRIES and not 0 <= level <= MAX_LEVEL) or n < 0 or not 1 <= width <= WIDTH:
        raise ProofError(f"no tile {level}/{n}/{width}")
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def parse_path(text: str) -> Tile:
    """The tile of a path, only if it is spelled the one way; else `ProofError`."""
    parts = _path(text)
    if parts is None:
        raise ProofError(f"no path of a tile: {text!r}")
    level = parts["level"]
    tile = Tile(
        ENTRIES if level == ENTRIES else int(level),
        int(parts["n"].replace("x", "").replace("/", "")),
        int(parts["width"] or WIDTH),
    )
    if path(tile) != text:
        raise ProofError(f"a path of a tile spelled otherwise: {text!r}")
    return tile


def layout(size: int, since: int = 0) -> Iterator[Tile]:
    """The hash tiles of a tree of `size` leaves; with `since`, those that the tree of that size did not have yet."""
    level = 0
    while count := size >> 8 * level:
        before = since >> 8 * level
        if count > before:
            for n in range(before // WIDTH, -(-count // WIDTH)):
                yield Tile(level, n, min(WIDTH, count - n * WIDTH))
        level += 1


def bundles(size: int, since: int = 0) -> Iterator[Tile]:
    """The entry bundles of a tree of `size` leaves; with `since`, those that are new or longer."""
    for tile in layout(size, since):
        if tile.level == 0:
            yield tile._replace(level=ENTRIES)


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """Each leaf with its length in two bytes, big-endian, in front."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The leaves of a bundle; `ProofError` unless they are exactly `width` and fill it to the last byte."""
    leaves, at = [], 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise ProofError("an entry bundle ends in the middle of a leaf")
        leaves.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise ProofError("an entry bundle goes on after its last leaf")
    return leaves


def hashes_of(data: bytes, width: int) -> list[bytes]:
    """The hashes in a tile's data; `ProofError` when the length is not `32 · width`."""
    if len(data) != HASH_BYTES * width:
        raise ProofError(f"a tile of {width} hashes has {HASH_BYTES * width} bytes")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


class Tree:
    """A tree of `size` leaves read from its tiles. It trusts them: whoever asks verifies what comes out."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = size
        self._read = read
        self._cache: dict[Tile, list[bytes]] = {}

    def root(self) -> bytes:
        """The root over all leaves."""
        return self.node(0, self.size) if self.size else merkle.EMPTY_ROOT

    def node(self, low: int, high: int) -> bytes:
        """The hash over the leaves from `low` up to, not with, `high`: a range of a proof."""
        count = high - low
        if count & (count - 1):
            middle = low + merkle.split(count)
            return merkle.node_hash(self.node(low, middle), self.node(middle, high))
        level, height = divmod(count.bit_length() - 1, 8)
        n, first = divmod(low >> 8 * level, WIDTH)
        return merkle.root(self._hashes(level, n)[first : first + (1 << height)])

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The proof that leaf `index` is in this tree."""
        if not 0 <= index < self.size:
            raise ProofError("index is not below size")
        return [self.node(low, high) for low, high in merkle.inclusion_ranges(index, self.size)]

    def consistency_proof(self, old: int) -> list[bytes]:
        """The proof that the tree of `old` leaves is the beginning of this one."""
        if not 1 <= old <= self.size:
            raise ProofError("old size is not between 1 and the size")
        return [self.node(low, high) for low, high in merkle.consistency_ranges(old, self.size)]

    def _hashes(self, level: int, n: int) -> list[bytes]:
        tile = Tile(level, n, min(WIDTH, (self.size >> 8 * level) - n * WIDTH))
        if tile not in self._cache:
            self._cache[tile] = hashes_of(self._read(tile), tile.width)
        return self._cache[tile]


def extend(size: int, hashes: Sequence[bytes], read: ReadTile) -> tuple[dict[Tile, bytes], bytes]:
    """Adds leaf hashes to a tree of `size`: the tiles that change, and the new root. Only partial tiles are read."""
    changed: dict[Tile, bytes] = {}
    level, fresh = 0, list(hashes)
    while fresh:
        fresh = _extend_level(level, size >> 8 * level, fresh, read, changed)
        level += 1
    tree = Tree(size + len(hashes), _overlay(changed, read))
    return changed, tree.root()


def _extend_level(
    level: int, before: int, fresh: Sequence[bytes], read: ReadTile, changed: dict[Tile, bytes]
) -> list[bytes]:
    """Puts the fresh hashes of one level into tiles; returns the roots of those that became full."""
    n, held = divmod(before, WIDTH)
    row = [*hashes_of(read(Tile(level, n, held)), held), *fresh] if held else list(fresh)
    full = []
    for at in range(0, len(row), WIDTH):
        part = row[at : at + WIDTH]
        changed[Tile(level, n + at // WIDTH, len(part))] = b"".join(part)
        if len(part) == WIDTH:
            full.append(merkle.root(part))
    return full


def _overlay(changed: Mapping[Tile, bytes], read: ReadTile) -> ReadTile:
    return lambda tile: changed[tile] if tile in changed else read(tile)
