"""Somebody else's verifier (aics-tlog, written from the same specifications by others) over a log of ours."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import aics_tlog
from aics_tlog import cli

from ledger import note, policy, proof, tiles


class Refuses(AssertionError):
    """The other verifier does not accept the log."""


def run(*arguments) -> dict:
    """One of its commands, by its own entry point; its report when it accepts."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        try:
            code = cli.main([str(word) for word in arguments])
        except SystemExit as end:
            code = end.code
    if code != 0:
        raise Refuses(said.getvalue())
    return json.loads(said.getvalue())


class Oracle:
    """The other verifier with our keys in its own form; `scratch` takes the files that its commands want."""

    def __init__(self, policy_file: Path, scratch: Path) -> None:
        rules = policy.parse(policy_file.read_text())
        self.log_key = rules.logs[0]
        self.keys = ["--log-key", self.log_key]
        for witness in rules.witnesses.values():
            self.keys += ["--witness-key", witness.vkey]
        self.keys += ["--quorum", str(len(rules.witnesses))]
        self.scratch = scratch

    def file(self, name: str, data: bytes | str) -> Path:
        target = self.scratch / name
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def checkpoint(self, public: Path) -> int:
        """The checkpoint's signature and fresh cosignatures; answers its size."""
        return run("verify-checkpoint", "--tiles", public, *self.keys, "--max-age", 900)["size"]

    def leaf(self, public: Path, index: int) -> None:
        """Entry, tiles and checkpoint of one index, computed by it from the folder."""
        run("verify-inclusion", "--tiles", public, *self.keys, "--index", index)

    def proof(self, text: str, leaf: bytes) -> None:
        """A proof file of ours, which it reads as a list of hashes and a checkpoint."""
        head, _, signed = text.partition("\n\n")
        lines = [line for line in head.split("\n")[1:] if not line.startswith("extra ")]
        files = [
            *("--leaf", self.file("leaf", leaf)),
            *("--proof", self.file("proof", "".join(f"{line}\n" for line in lines[1:]))),
            *("--checkpoint", self.file("checkpoint", signed)),
        ]
        run("verify-inclusion", *files, *self.keys, "--index", lines[0].removeprefix("index "))

    def all_proofs(self, exported: Iterable[tuple[str, bytes]]) -> int:
        """Many proof files under one checkpoint, by its functions: a command for each would take its time."""
        checkpoints, count = set(), 0
        for text, leaf in exported:
            found = proof.parse(text)
            checkpoints.add(found.checkpoint)
            said = note.parse_checkpoint(note.split(found.checkpoint)[0])
            if not aics_tlog.verify_leaf_inclusion(leaf, found.index, said.size, found.hashes, said.root):
                raise Refuses(f"the proof of {found.index}")
            count += 1
        for number, signed in enumerate(checkpoints):
            run("verify-checkpoint", "--note", self.file(f"checkpoint-{number}", signed), *self.keys)
        return count

    def growth(self, public: Path, old: Path) -> None:
        """That the folder continues a checkpoint saved before."""
        run("verify-consistency", "--tiles", public, "--old-checkpoint", old, *self.keys)

    def consistency(self, old: note.Checkpoint, new: note.Checkpoint, path: list[bytes]) -> None:
        """A consistency proof of ours."""
        run(
            "verify-consistency",
            *("--old-size", old.size, "--old-root", base64.b64encode(old.root).decode()),
            *("--new-size", new.size, "--new-root", base64.b64encode(new.root).decode()),
            *("--proof", self.file("path", "".join(f"{base64.b64encode(item).decode()}\n" for item in path))),
        )

    def same_files(self, public: Path) -> int:
        """Its own writer, given the leaves, makes the same tiles and bundles byte for byte; answers how many."""
        leaves = read_leaves(public)
        # No leaf holds a raw newline: canonical JSON writes it as an escape.
        source = self.file("leaves", b"".join(leaf + b"\n" for leaf in leaves))
        out = self.scratch / "again"
        run("build-tiles", "--leaves", source, "--out", out)
        made = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        different = [str(path) for path, data in made.items() if (public / path).read_bytes() != data]
        if different:
            raise Refuses(f"other files: {different}")
        if aics_tlog.tree_root_from_tiles(aics_tlog.FileSystemTileReader(public), len(leaves)) != shown(public).root:
            raise Refuses("another root")
        return len(made)

    def everything(self, public: Path, indexes: Iterator[int] | None = None) -> int:
        """All of the folder; answers the number of leaves."""
        size = self.checkpoint(public)
        self.same_files(public)
        for index in indexes if indexes is not None else (0, size // 2, size - 1):
            self.leaf(public, index)
        return size


def shown(public: Path) -> note.Checkpoint:
    """What the folder's checkpoint says, unverified."""
    return note.parse_checkpoint(note.split((public / "checkpoint").read_text())[0])


def read_leaves(public: Path) -> list[bytes]:
    """The folder's entries in order."""
    found = []
    for bundle in tiles.bundles(shown(public).size):
        found += tiles.decode_bundle((public / tiles.path(bundle)).read_bytes(), bundle.width)
    return found


def proofs(public: Path) -> Iterator[tuple[str, bytes]]:
    """A proof file for each leaf, made from the folder alone as a mirror would, with its leaf."""
    signed = (public / "checkpoint").read_text()
    tree = tiles.Tree(shown(public).size, lambda tile: (public / tiles.path(tile)).read_bytes())
    for index, leaf in enumerate(read_leaves(public)):
        yield proof.make(index, tree.inclusion_proof(index), signed), leaf
