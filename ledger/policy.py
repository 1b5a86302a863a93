"""What makes a checkpoint good enough (C2SP tlog-policy): whose log, which witnesses, how many of them.

Keys come from a policy file only, never from what is being verified.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ledger import note
from ledger.note import Checkpoint, NoteError

FUTURE_SLACK = 300


class PolicyError(ValueError):
    """A policy that says nothing clear."""


class PolicyUnmet(ValueError):
    """A checkpoint that the policy does not accept."""


@dataclass(frozen=True)
class Witness:
    """A witness by the policy's name for it; `url` is where it takes checkpoints."""

    name: str
    vkey: str
    url: str | None


@dataclass(frozen=True)
class Policy:
    """Log keys, witnesses, and groups as (least number of members, members); `quorum` None asks for no witness."""

    logs: tuple[str, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str | None

    def check(self, text: str, *, now: int | None = None, max_age: int | None = None) -> Checkpoint:
        """The checkpoint of a note with a log signature and a quorum, else `NoteError` or `PolicyUnmet`.

        With `max_age` (seconds before `now`, both in Unix time) only cosignatures that young count.
        """
        vkeys = [*self.logs, *(witness.vkey for witness in self.witnesses.values())]
        body, signed = note.verify_lines(text, vkeys)
        checkpoint = note.parse_checkpoint(body)
        if not any(line.key.kind == note.SIGNATURE and line.key.name == checkpoint.origin for line in signed):
            raise PolicyUnmet("no signature of this log under its own name")
        times = {line.key: line.time for line in signed if line.time is not None}
        present = {
            name for name, w in self.witnesses.items() if _counts(times.get(note.parse_vkey(w.vkey)), now, max_age)
        }
        if self.quorum is None and max_age is not None:
            raise PolicyUnmet("the policy names no witness, so nothing shows the checkpoint's age")
        if self.quorum is not None and not self._met(self.quorum, present):
            raise PolicyUnmet("the quorum of witnesses is not met")
        return checkpoint

    def moments(self, text: str) -> list[tuple[int, int]]:
        """Size and time (Unix) of each cosignature of a known witness under a note that `check` accepted."""
        vkeys = [*self.logs, *(witness.vkey for witness in self.witnesses.values())]
        body, signed = note.verify_lines(text, vkeys)
        size = note.parse_checkpoint(body).size
        return [(size, line.time) for line in signed if line.time is not None]

    def _met(self, name: str, present: set[str]) -> bool:
        if name in self.witnesses:
            return name in present
        least, members = self.groups[name]
        return sum(self._met(member, present) for member in members) >= least


def parse(text: str) -> Policy:
    """The policy of a text with one statement a line; `PolicyError` for anything unclear or unsafe."""
    draft = _Draft()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            try:
                draft.add(words)
            except (NoteError, PolicyError) as error:
                raise PolicyError(f"line {number}: {error}") from error
    return draft.finish()


class _Draft:
    """A policy while its lines are read. Names are defined before they are used, so groups cannot form a circle."""

    def __init__(self) -> None:
        self.logs: list[str] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum: list[str] = []
        self._publics: set[bytes] = set()
        self._grouped: set[str] = set()

    def add(self, words: Sequence[str]) -> None:
        statements: dict[str, tuple[Callable[[Sequence[str]], None], int, int]] = {
            "log": (self._log, 1, 2),
            "witness": (self._witness, 2, 3),
            "group": (self._group, 3, 10_000),
            "quorum": (self._quorum, 1, 1),
        }
        if words[0] not in statements:
            raise PolicyError(f"no statement {words[0]!r}")
        statement, least, most = statements[words[0]]
        if not least <= len(words) - 1 <= most:
            raise PolicyError(f"{words[0]} with {len(words) - 1} words")
        statement(words[1:])

    def finish(self) -> Policy:
        if not self.logs:
            raise PolicyError("no log")
        if len(self.quorum) != 1:
            raise PolicyError("a policy has one quorum line")
        quorum = None if self.quorum[0] == "none" else self.quorum[0]
        return Policy(tuple(self.logs), self.witnesses, self.groups, quorum)

    def _log(self, words: Sequence[str]) -> None:
        self._key(words[0], note.SIGNATURE)
        self.logs.append(words[0])

    def _witness(self, words: Sequence[str]) -> None:
        self._name(words[0])
        self._key(words[1], note.COSIGNATURE)
        self.witnesses[words[0]] = Witness(words[0], words[1], words[2] if len(words) == 3 else None)

    def _group(self, words: Sequence[str]) -> None:
        name, count, *members = words
        self._name(name)
        for member in members:
            self._known(member)
            # A member of two groups, or twice of one, would let a single key count twice.
            if member in self._grouped:
                raise PolicyError(f"{member} is in a group already")
            self._grouped.add(member)
        self.groups[name] = (_least(count, len(members)), tuple(members))

    def _quorum(self, words: Sequence[str]) -> None:
        if words[0] != "none":
            self._known(words[0])
        self.quorum.append(words[0])

    def _name(self, name: str) -> None:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise PolicyError(f"the name {name} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise PolicyError(f"nothing is named {name} above")

    def _key(self, vkey: str, kind: int) -> None:
        key = note.parse_vkey(vkey)
        if key.kind != kind:
            raise PolicyError("a log has a signature key, a witness a cosignature key")
        if key.public in self._publics:
            raise PolicyError("one public key twice: whoever holds it would count twice")
        self._publics.add(key.public)


def _least(count: str, members: int) -> int:
    if count in ("any", "all"):
        return 1 if count == "any" else members
    if not count.isascii() or not count.isdigit() or count.startswith("0") or int(count) > members:
        raise PolicyError(f"{count} of {members} members")
    return int(count)


def _counts(time: int | None, now: int | None, max_age: int | None) -> bool:
    """Whether a cosignature made at `time` is there and, if an age is asked for, young enough and not of the future."""
    if time is None or max_age is None:
        return time is not None
    if now is None:
        raise ValueError("an age is counted from now")
    return now - max_age <= time <= now + FUTURE_SLACK
