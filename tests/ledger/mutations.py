"""What somebody might change in a log that was handed out, and the verdicts of two verifiers on each change.

The lists are all there is to refuse: `verdicts` walks through every entry, so nothing is skipped unseen, and begins with
the log as it is, which both must accept, or a refusal would say nothing.
"""

from __future__ import annotations

import base64
import contextlib
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from ledger import entry, merkle, note, policy, tiles
from ledger.verify.__main__ import OK, REFUSED
from ledger.verify.__main__ import main as verify
from tests.ledger.oracle import Oracle, Refuses, proofs, shown

NOTHING = "nothing"
BOTH_ACCEPT, BOTH_REFUSE = (True, True), (False, False)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def cut(path: Path, count: int) -> None:
    path.write_bytes(path.read_bytes()[:-count])


def append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)


def tile(public: Path, level: int, place: int) -> Path:
    """The first (0) or last (-1) tile of a level."""
    found = [one for one in tiles.layout(shown(public).size) if one.level == level]
    return public / tiles.path(found[place])


def bundle(public: Path, place: int) -> Path:
    return public / tiles.path(list(tiles.bundles(shown(public).size))[place])


def in_checkpoint(change: Callable[[str, note.Checkpoint], str]) -> Callable[[Path], None]:
    """Changes the checkpoint file, byte by byte."""

    def mutate(public: Path) -> None:
        path = public / "checkpoint"
        before = path.read_bytes().decode()
        after = change(before, shown(public))
        assert after != before
        path.write_bytes(after.encode())

    return mutate


def resigned(public: Path) -> None:
    """The same text under a key that came along with it: attack 20."""
    text, _ = note.split((public / "checkpoint").read_text())
    name = text.split("\n")[0]
    (public / "checkpoint").write_text(note.join(text, [note.sign(text, name, b"s" * 32)]))
    (public / "policy").write_text(f"log {note.vkey(name, b's' * 32)}\nquorum none\n")


def size_of(at: note.Checkpoint, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(f"\n{at.size}\n", f"\n{new}\n", 1)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def lines_but(keep: Callable[[str], bool]) -> Callable[[str, note.Checkpoint], str]:
    return lambda text, _: "".join(line for line in text.splitlines(keepends=True) if keep(line))


FOLDERS: dict[str, Callable[[Path], None]] = {
    "a leaf edited": lambda public: flip(bundle(public, 0), 30),
    "a leaf of the last bundle edited": lambda public: flip(bundle(public, -1), 30),
    "an entry bundle cut off": lambda public: cut(bundle(public, -1), 1),
    "an entry bundle longer": lambda public: append(bundle(public, 0), b"\0\0"),
    "a bundle missing": lambda public: bundle(public, 0).unlink(),
    "a full tile forged": lambda public: flip(tile(public, 0, 0), 7),
    "a partial tile forged": lambda public: flip(tile(public, 0, -1), -1),
    "an upper tile forged": lambda public: flip(tile(public, 1, -1), 7),
    "a tile missing": lambda public: tile(public, 0, 0).unlink(),
    "a tile cut off": lambda public: cut(tile(public, 0, -1), 32),
    "a tile longer": lambda public: append(tile(public, 0, -1), bytes(32)),
    "another size": in_checkpoint(lambda text, at: size_of(at, str(at.size - 1))(text)),
    "a zero before the size": in_checkpoint(lambda text, at: size_of(at, f"0{at.size}")(text)),
    "another origin": in_checkpoint(lambda text, at: text.replace(at.origin, f"x{at.origin[1:]}", 1)),
    "another root": in_checkpoint(lambda text, at: text.replace(b64(at.root), b64(bytes(32)), 1)),
    "no newline at the end": in_checkpoint(lambda text, _: text[:-1]),
    "CRLF": in_checkpoint(lambda text, _: text.replace("\n", "\r\n")),
    "no blank line": in_checkpoint(lambda text, _: text.replace("\n\n", "\n", 1)),
    "base64 without its padding": in_checkpoint(lambda text, _: text.replace("=\n", "\n")),
    "another dash before the name": in_checkpoint(lambda text, _: text.replace("— ", "- ")),
    "right name, wrong key id": in_checkpoint(
        lambda text, at: re.sub(
            rf"(— {re.escape(at.origin)} )(.)", lambda m: m[1] + ("A" if m[2] != "A" else "B"), text
        )
    ),
    "another key, brought along": resigned,
    "no signature of the log": in_checkpoint(
        lambda text, at: lines_but(lambda line: not line.startswith(f"— {at.origin} "))(text, at)
    ),
    "no witness": in_checkpoint(lines_but(lambda line: "/witness " not in line)),
}


def with_lines(change: Callable[[list[str], int], list[str]]) -> Callable[[str, bytes], tuple[str, bytes]]:
    """Changes the lines before the checkpoint; they are given with the size of the tree."""

    def mutate(text: str, leaf: bytes) -> tuple[str, bytes]:
        head, _, signed = text.partition("\n\n")
        size = note.parse_checkpoint(note.split(signed)[0]).size
        return "\n".join(change(head.split("\n"), size)) + "\n\n" + signed, leaf

    return mutate


def node_as_leaf(text: str, leaf: bytes) -> tuple[str, bytes]:
    """Attack 15: the two hashes below the first inner node, offered as a leaf one level up."""
    head, _, signed = text.partition("\n\n")
    lines = head.split("\n")
    index, first = int(lines[1].removeprefix("index ")), base64.b64decode(lines[2])
    pair = (first, entry.leaf_hash(leaf)) if index & 1 else (entry.leaf_hash(leaf), first)
    above = "\n".join([lines[0], f"index {index >> 1}", *lines[3:]])
    return above + "\n\n" + signed, b"\1" + b"".join(pair)


def other_ref(leaf: bytes) -> bytes:
    return re.sub(rb'("ref":")(.)', lambda found: found[1] + (b"9" if found[2] != b"9" else b"8"), leaf, count=1)


def in_signed(change: Callable[[str, note.Checkpoint], str]) -> Callable[[str, bytes], tuple[str, bytes]]:
    """Changes the checkpoint within a proof file."""

    def mutate(text: str, leaf: bytes) -> tuple[str, bytes]:
        head, _, signed = text.partition("\n\n")
        at = note.parse_checkpoint(note.split(signed)[0])
        return head + "\n\n" + change(signed, at), leaf

    return mutate


PROOFS: dict[str, Callable[[str, bytes], tuple[str, bytes]]] = {
    "another leaf": lambda text, leaf: (text, other_ref(leaf)),
    "an empty leaf": lambda text, leaf: (text, b""),
    "a leaf with a newline after it": lambda text, leaf: (text, leaf + b"\n"),
    "a node offered as a leaf": node_as_leaf,
    "another index": with_lines(lambda lines, _: [lines[0], f"index {int(lines[1][6:]) ^ 1}", *lines[2:]]),
    "an index beyond the size": with_lines(lambda lines, size: [lines[0], f"index {size}", *lines[2:]]),
    "no hashes": with_lines(lambda lines, _: lines[:2]),
    "a shorter proof": with_lines(lambda lines, _: lines[:-1]),
    "a longer proof": with_lines(lambda lines, _: [*lines, b64(bytes(32))]),
    "a hash doubled": with_lines(lambda lines, _: [*lines, lines[-1]]),
    "31 bytes": with_lines(lambda lines, _: [*lines[:-1], b64(bytes(31))]),
    "two hashes exchanged": with_lines(lambda lines, _: [*lines[:2], lines[3], lines[2], *lines[4:]]),
    "another size": in_signed(lambda text, at: size_of(at, str(at.size - 1))(text)),
    "another root": in_signed(lambda text, at: text.replace(b64(at.root), b64(bytes(32)), 1)),
    "no witness": in_signed(lines_but(lambda line: "/witness " not in line)),
}

PATHS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a shorter path": lambda path: path[:-1],
    "a longer path": lambda path: [*path, bytes(32)],
    "a path backwards": lambda path: path[::-1],
    "no path": lambda path: [],
    "a path of 31 bytes": lambda path: [*path[:-1], path[-1][:31]],
}


class Verdicts:
    """Both verifiers over one log; each question is answered with (ours accepts, the other accepts)."""

    def __init__(self, public: Path, policy_file: Path, scratch: Path) -> None:
        self.public, self.policy_file, self.scratch = public, policy_file, scratch
        self.oracle = Oracle(policy_file, scratch)

    def everything(self) -> dict[str, tuple[bool, bool]]:
        """The verdict on every change of every list, by its name."""
        size = shown(self.public).size
        assert size > tiles.WIDTH, "smaller logs have no upper tile, and some changes would change nothing"
        exported = next(pair for index, pair in enumerate(proofs(self.public)) if index == size // 3)
        return {
            **{f"folder: {name}": self.folder(change) for name, change in with_none(FOLDERS, lambda _: None)},
            **{f"proof: {name}": self.proof(*change(*exported)) for name, change in with_none(PROOFS, lambda *a: a)},
            **{f"path: {name}": self.path(change) for name, change in with_none(PATHS, lambda path: path)},
        }

    def folder(self, change: Callable[[Path], None]) -> tuple[bool, bool]:
        public = self.scratch / "changed"
        shutil.copytree(self.public, public)
        change(public)
        ours = self._ours("audit", public)
        size = shown(self.public).size
        other = _accepts(lambda: self.oracle.everything(public, iter((0, size // 2, size - 1))))
        shutil.rmtree(public)
        return ours, other

    def proof(self, text: str, leaf: bytes) -> tuple[bool, bool]:
        (self.scratch / "mine.tlog-proof").write_text(text)
        (self.scratch / "mine.json").write_bytes(leaf)
        ours = self._ours("proof", self.scratch / "mine.tlog-proof", "--leaf", self.scratch / "mine.json")
        return ours, _accepts(lambda: self.oracle.proof(text, leaf))

    def path(self, change: Callable[[list[bytes]], list[bytes]]) -> tuple[bool, bool]:
        """That the log grew from a third of its size, by a path of hashes; the old root is computed from the leaves."""
        new = policy.parse(self.policy_file.read_text()).check((self.public / "checkpoint").read_text())
        tree = tiles.Tree(new.size, lambda one: (self.public / tiles.path(one)).read_bytes())
        size = new.size // 3
        old = note.Checkpoint(new.origin, size, tree.node(0, size))
        path = change(tree.consistency_proof(size))
        ours = True
        try:
            merkle.verify_consistency(old.size, new.size, old.root, new.root, path)
        except merkle.ProofError:
            ours = False
        return ours, _accepts(lambda: self.oracle.consistency(old, new, path))

    def _ours(self, *words: object) -> bool:
        """Our own verdict: exit 0 or 1. That a log could not be read at all (2) would be none."""
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            code = verify([*map(str, words), "--policy", str(self.policy_file)])
        assert code in (OK, REFUSED), said.getvalue()
        return code == OK


def with_none[T](changes: dict[str, T], none: T) -> list[tuple[str, T]]:
    """The changes, and before them the one that changes nothing."""
    return [(NOTHING, none), *changes.items()]


def expected() -> dict[str, tuple[bool, bool]]:
    """What `Verdicts.everything` must come to: what is unchanged is accepted by both, all else refused by both."""
    told: dict[str, tuple[bool, bool]] = {}
    for part, changes in (("folder", FOLDERS), ("proof", PROOFS), ("path", PATHS)):
        told[f"{part}: {NOTHING}"] = BOTH_ACCEPT
        told |= {f"{part}: {name}": BOTH_REFUSE for name in changes}
    return told


def _accepts(question: Callable[[], object]) -> bool:
    try:
        question()
    except (Refuses, OSError, ValueError):
        return False
    return True
