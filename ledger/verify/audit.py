"""The audit: reads every entry and every tile of a log and recomputes all that its checkpoint promises."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger import entry, merkle, tiles
from ledger.dates import Windows
from ledger.machines import Replay
from ledger.note import Checkpoint
from ledger.policy import Policy
from ledger.tiles import Tile
from ledger.verify import succession
from ledger.verify.source import CHECKPOINT, Missing, Source, Unusable, read_tile


class Refused(ValueError):
    """Evidence against the log."""


@dataclass
class Story:
    """What the leaves have told so far: the rules that hold between them, checked in the order of the log."""

    ids: set[str] = field(default_factory=set)
    things: dict[str, str] = field(default_factory=dict)
    continued: set[str] = field(default_factory=set)
    numbers: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, index: int, leaf: dict[str, Any]) -> None:
        """`Refused` when the leaf contradicts those before it."""
        name, refs = leaf["id"], leaf["refs"]
        if name in self.ids:
            raise Refused(f"leaf {index}: its id {name} was used before")
        for ref in refs:
            if ref not in self.ids:
                raise Refused(f"leaf {index}: refers to {ref}, which is no earlier leaf")
        thing = leaf["type"].partition("/")[0].rpartition(".")[0]
        if refs and self.things[refs[0]] == thing:
            self._continue(index, refs[0])
        if "no" in leaf["data"]:
            self._count(index, leaf["data"]["no"])
        if leaf["type"] == "ledger.series.closed/1":
            self._close(index, leaf["data"])
        self.ids.add(name)
        self.things[name] = thing

    def _continue(self, index: int, previous: str) -> None:
        """A case is a chain: of one thing, a leaf has one successor only."""
        if previous in self.continued:
            raise Refused(f"leaf {index}: the case forks, {previous} was continued before")
        self.continued.add(previous)

    def _count(self, index: int, number: object) -> None:
        """Decision numbers run 1, 2, 3 … in each series and year, in the order of the log."""
        parts = number.split("/") if isinstance(number, str) else []
        if len(parts) != 3:
            raise Refused(f"leaf {index}: malformed number {number!r}")
        key = parts[0], parts[1]
        self.numbers[key] += 1
        if parts[2] != str(self.numbers[key]):
            raise Refused(f"leaf {index}: number {number} where {self.numbers[key]} was due")

    def _close(self, index: int, data: dict[str, Any]) -> None:
        """What the log says of a finished year: the last number of each of its series."""
        year, names, last = (data.get(name) for name in ("year", "series", "last"))
        if not isinstance(names, list) or not isinstance(last, list) or len(names) != len(last):
            raise Refused(f"leaf {index}: a close without series and their last numbers")
        counted = {name: number for (name, counted_year), number in self.numbers.items() if counted_year == str(year)}
        if counted != dict(zip(map(str, names), last, strict=True)):
            raise Refused(f"leaf {index}: the year {year} closes with other numbers than the log has")


def audit(
    source: Source,
    rules: Policy,
    *,
    now: int | None = None,
    max_age: int | None = None,
    machines: Sequence[bytes] = (),
    seen: Sequence[str] = (),
    former: Sequence[Checkpoint] = (),
) -> Checkpoint:
    """The checkpoint under which everything in the log was found right; raises what is wrong with it.

    With `max_age` (seconds before `now`, Unix time) older cosignatures do not count. `machines` are machine files
    through which every leaf is replayed; `InvalidMachines` when the log does not name one of them. `seen` are notes of
    earlier checkpoints: the log must continue them, and their cosignatures say when leaves can have been written.
    `former` are verified checkpoints of the log whose place this one took: it must hold all of that one's leaves.
    """
    try:
        signed = source.read(CHECKPOINT)
    except Missing as error:
        raise Unusable(f"no log here: {error}") from error
    checkpoint = rules.check(signed.decode("utf-8"), now=now, max_age=max_age)
    replay, earlier = Replay(machines), _earlier(checkpoint, rules, seen)
    windows = Windows(moment for text in (signed.decode("utf-8"), *seen) for moment in rules.moments(text))
    levels = [list(_leaf_hashes(source, checkpoint.size, replay, windows))]
    replay.finish()
    while len(levels[-1]) >= tiles.WIDTH:
        levels.append(_full_roots(levels[-1]))
    if _root(levels, checkpoint.size) != checkpoint.root:
        raise Refused("the leaves lead to another root than the checkpoint's")
    succession.check(_first(source, checkpoint.size), levels[0], former)
    for found in earlier:
        if _root(levels, found.size) != found.root:
            raise Refused(f"the log does not continue the checkpoint of {found.size} leaves")
    for tile in tiles.layout(checkpoint.size):
        if read_tile(source, tile) != _expected(levels, tile):
            raise Refused(f"{tiles.path(tile)} does not hold the hashes of its leaves")
    _check_extras(source, checkpoint, levels)
    return checkpoint


def _first(source: Source, size: int) -> dict[str, Any] | None:
    """Leaf 0, by which a log says which one it is."""
    for bundle in tiles.bundles(size):
        return entry.parse_leaf(tiles.decode_bundle(read_tile(source, bundle), bundle.width)[0])
    return None


def _earlier(checkpoint: Checkpoint, rules: Policy, seen: Sequence[str]) -> list[Checkpoint]:
    found = [rules.check(text) for text in seen]
    for one in found:
        if one.origin != checkpoint.origin:
            raise Refused(f"two logs: {one.origin} and {checkpoint.origin}")
        if one.size > checkpoint.size:
            raise Refused(f"the log had {one.size} leaves, it shows {checkpoint.size}")
    return found


def _leaf_hashes(source: Source, size: int, replay: Replay, windows: Windows) -> Iterator[bytes]:
    story = Story()
    for bundle in tiles.bundles(size):
        for offset, data in enumerate(tiles.decode_bundle(read_tile(source, bundle), bundle.width)):
            index = bundle.n * tiles.WIDTH + offset
            try:
                leaf = entry.parse_leaf(data)
                story.add(index, leaf)
                replay.add(index, leaf)
                if wrong := windows.wrong(index, leaf):
                    raise Refused(wrong)
            except entry.InvalidLeaf as error:
                raise Refused(f"leaf {index}: {error}") from error
            yield entry.leaf_hash(data)


def _full_roots(level: list[bytes]) -> list[bytes]:
    full = len(level) - len(level) % tiles.WIDTH
    return [merkle.root(level[at : at + tiles.WIDTH]) for at in range(0, full, tiles.WIDTH)]


def _root(levels: list[list[bytes]], size: int) -> bytes:
    """The root over the first leaves, from the roots of full tiles, each of which was computed once."""
    return tiles.Tree(size, lambda tile: _expected(levels, tile)).root()


def _expected(levels: list[list[bytes]], tile: Tile) -> bytes:
    first = tile.n * tiles.WIDTH
    return b"".join(levels[int(tile.level)][first : first + tile.width])


def _check_extras(source: Source, checkpoint: Checkpoint, levels: list[list[bytes]]) -> None:
    """Every other tile file in the folder agrees with the log as far as the checkpoint reaches.

    Such files are partial tiles of earlier checkpoints, or of the next one while it is being published.
    """
    needed = {tiles.path(tile) for tile in (*tiles.layout(checkpoint.size), *tiles.bundles(checkpoint.size))}
    for path in source.extra_tiles():
        if path not in needed:
            tile, data = tiles.parse_path(path), source.read(path)
            _check_extra(tile, data, levels)


def _check_extra(tile: Tile, data: bytes, levels: list[list[bytes]]) -> None:
    if tile.level == tiles.ENTRIES:
        found = b"".join(entry.leaf_hash(leaf) for leaf in tiles.decode_bundle(data, tile.width))
        tile = tile._replace(level=0)
    else:
        found = b"".join(tiles.hashes_of(data, tile.width))
    known = _expected(levels, tile) if int(tile.level) < len(levels) else b""
    if not found.startswith(known):
        raise Refused(f"{tiles.path(tile)} contradicts the log")
