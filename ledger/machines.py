"""The rules of the rooms as data, and the replay of a log through them (invariant I15).

A machine file is canonical JSON `{"rules": […], "v": 1}`; the log names it by hash in a `ledger.machine/1` leaf. The
verifier needs no code of the rooms: what the portal's public state may be follows from the leaves and these rules.

`steps`     along the chain of a case: which event leads from which state to which, and in which a case begins
`series`    which event takes the decision numbers of a series; no other leaf carries them
`once`      no two live cases with the same key, at the same time where they have one (a room, a seat)
`sum_max`   the sum over the live cases of a group, at any one time where they have one, stays under a cap
`share_max` part · 10,000 ≤ cap_bp · whole, summed over a group, after every leaf
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, Protocol

VERSION = 1
MACHINE = "ledger.machine/1"
#: A place in a leaf: a field of `data`, or this word for the subject's public reference.
SUBJECT = "subject"

type Leaf = Mapping[str, Any]
type Rule = Mapping[str, Any]


class BrokenRule(ValueError):
    """A leaf that the rules do not allow."""


class InvalidMachines(ValueError):
    """A machine file that says nothing clear."""


def steps_rule(thing: str, steps: Mapping[tuple[str, str], str], begins: Iterable[str] = ()) -> dict[str, Any]:
    """The rule of one kind of case. It begins where the first step starts, in states that no step leads to, and `begins`."""
    targets = {end for _, end in steps}
    first = {next(iter(steps))[0], *(start for start, _ in steps if start not in targets), *begins}
    return {
        "rule": "steps",
        "thing": thing,
        "first": sorted(first),
        "steps": sorted([start, end, event] for (start, end), event in steps.items()),
    }


def series_rule(kind: str, series: str) -> dict[str, Any]:
    """The rule that leaves of a type (without its version) take the numbers of a series."""
    return {"rule": "series", "type": kind, "series": series}


def document(rules: Sequence[Rule]) -> bytes:
    """The machine file of these rules: sorted keys, no spaces, so that the same rules have the same hash."""
    ordered = sorted(rules, key=_spelled)
    return _spelled({"v": VERSION, "rules": ordered}).encode()


def digest(data: bytes) -> str:
    """The name by which the log knows a file."""
    return hashlib.sha256(data).hexdigest()


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parse(data: bytes) -> list[dict[str, Any]]:
    """The rules of a machine file; `InvalidMachines` for anything that this verifier does not know."""
    try:
        found = json.loads(data)
        rules = found["rules"] if found["v"] == VERSION else None
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidMachines("not a machine file") from error
    if not isinstance(rules, list):
        raise InvalidMachines(f"not a machine file of version {VERSION}")
    for rule in rules:
        needed = _NEEDED.get(str(rule.get("rule"))) if isinstance(rule, dict) else None
        if needed is None or not needed <= rule.keys():
            raise InvalidMachines(f"a rule that this verifier does not know: {_spelled(rule)[:200]}")
    return rules


_NEEDED = {
    "steps": {"thing", "first", "steps"},
    "series": {"type", "series"},
    "once": {"thing", "key", "live"},
    "sum_max": {"thing", "group", "cap"},
    "share_max": {"thing", "group", "part", "whole", "cap_bp"},
}


@dataclass
class Case:
    """What a chain of leaves of one thing has come to: its state, the newest value of each field, its subject."""

    thing: str
    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


class _Kind(NamedTuple):
    """What a type says by its name, and which rules look at leaves of it."""

    name: str
    thing: str
    event: str
    checks: "Sequence[_Check]"
    listeners: "Sequence[_Summed]"


class _Check(Protocol):
    def __init__(self, rule: Rule) -> None: ...

    def check(self, leaf: Leaf, kind: _Kind, case: Case) -> None:
        """`BrokenRule` when the rule does not allow the leaf."""


class Machines:
    """One machine file and all that the leaves so far have come to under it."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._cases: dict[str, Case] = {}
        self._kinds: dict[str, _Kind] = {}
        self._checks: defaultdict[str, list[_Check]] = defaultdict(list)
        self._series: dict[str, set[str]] = defaultdict(set)
        self._owed: dict[str, str] = {}
        for rule in rules:
            self._add(rule)

    def add(self, leaf: Leaf) -> str | None:
        """Takes one leaf; answers what is wrong with it, None when the rules allow it."""
        kind = self._kinds.get(leaf["type"]) or self._kind(leaf["type"])
        case = self._case(leaf, kind.thing)
        wrong = self._numbered(leaf, kind.name)
        for listener in kind.listeners:
            listener.hear(leaf)
        for rule in kind.checks:
            try:
                rule.check(leaf, kind, case)
            except BrokenRule as error:
                wrong = wrong or str(error)
        if "to" in leaf["data"]:
            case.state = leaf["data"]["to"]
        return wrong

    def states(self) -> Iterator[tuple[str, Case]]:
        """Every case by the id of its newest leaf: the public state to which the log leads."""
        yield from self._cases.items()

    def _add(self, rule: Rule) -> None:
        if rule["rule"] == "series":
            self._series[rule["series"]].add(rule["type"])
            self._owed.setdefault(rule["type"], rule["series"])
            return
        kinds: dict[str, type[_Check]] = {"steps": _Steps, "once": _Once, "sum_max": _Sum, "share_max": _Share}
        self._checks[rule["thing"]].append(kinds[rule["rule"]](rule))

    def _kind(self, label: str) -> _Kind:
        """Taken apart once for each type, not for each leaf."""
        name = label.partition("/")[0]
        thing, _, event = name.rpartition(".")
        summed = (rule for rules in self._checks.values() for rule in rules if isinstance(rule, _Summed))
        listeners = [rule for rule in summed if rule.stated is not None and rule.stated["type"] == name]
        self._kinds[label] = _Kind(name, thing, event, self._checks.get(thing, []), listeners)
        return self._kinds[label]

    def _case(self, leaf: Leaf, thing: str) -> Case:
        """The case that the leaf goes on with, or a new one; its fields are brought up to date, its state is not yet."""
        previous = leaf["refs"][0] if leaf["refs"] else ""
        case = self._cases.pop(previous) if self._goes_on(previous, thing) else Case(thing)
        self._cases[leaf["id"]] = case
        case.data.update(leaf["data"])
        case.data[SUBJECT] = leaf["subject"]["ref"]
        return case

    def _goes_on(self, previous: str, thing: str) -> bool:
        return previous in self._cases and self._cases[previous].thing == thing

    def _numbered(self, leaf: Leaf, kind: str) -> str | None:
        number = leaf["data"].get("no")
        if number is None:
            owed = self._owed.get(kind)
            return f"{kind} has no decision number of {owed}" if owed else None
        series = str(number).partition("/")[0]
        if series in self._series and kind not in self._series[series]:
            return f"{kind} takes a decision number of {series}, which is not its own"
        return None


class _Steps:
    """Which event leads from which state to which."""

    def __init__(self, rule: Rule) -> None:
        self.first = set(rule["first"])
        self.steps = {(start, end): event for start, end, event in rule["steps"]}
        self.events = set(self.steps.values())

    def check(self, leaf: Leaf, kind: _Kind, case: Case) -> None:
        data = leaf["data"]
        start, end = data.get("from"), data.get("to")
        if start is None:
            # A fact besides, or a row that begins in its first state.
            if end is not None and (case.state is not None or end not in self.first):
                raise BrokenRule(f"{kind.name} begins a case in {end}")
            if end is None and kind.event in self.events:
                raise BrokenRule(f"{kind.name} names no step")
            return
        if self.steps.get((start, end)) != kind.event:
            raise BrokenRule(f"{kind.name} leads from {start} to {end}, which is no step of it")
        if case.state is None and start not in self.first:
            raise BrokenRule(f"{kind.name} starts in {start}, where no case begins")
        if case.state is not None and case.state != start:
            raise BrokenRule(f"{kind.name} leads from {start}, the case is in {case.state}")


class _Live:
    """The live cases of a rule, by group, each with the time it takes up."""

    def __init__(self, rule: Rule, group: Sequence[str]) -> None:
        self.rule = rule
        # `unit:0` is the first part of the unit, before a dot: its hub.
        self.group = [
            (place, int(part) if part else None) for place, _, part in (name.partition(":") for name in group)
        ]
        self.live = set(rule.get("live", ()))
        self.start, self.end = rule.get("start", ""), rule.get("end", "")
        self.held: defaultdict[tuple[Any, ...], dict[int, tuple[Any, Any, Decimal]]] = defaultdict(dict)

    def key(self, case: Case) -> tuple[Any, ...] | None:
        """The group of a case; None when a leaf of it never said."""
        found = []
        for place, part in self.group:
            value = case.data.get(place)
            if value is None:
                return None
            found.append(value if part is None else str(value).split(".")[part])
        return tuple(found)

    def is_live(self, leaf: Leaf, case: Case) -> bool:
        state = leaf["data"].get("to", case.state)
        return not self.live or state in self.live

    def overlapping(self, key: tuple[Any, ...], start: Any, end: Any) -> list[tuple[Any, Any, Decimal]]:
        return [held for held in self.held[key].values() if _overlap(held[0], held[1], start, end)]

    def times(self, case: Case) -> tuple[Any, Any]:
        return case.data.get(self.start), case.data.get(self.end)


def _overlap(start: Any, end: Any, other_start: Any, other_end: Any) -> bool:
    """Whether half-open spans of ISO days touch; one without an end is open, without both is always."""
    return (end is None or other_start is None or other_start < end) and (
        other_end is None or start is None or start < other_end
    )


class _Once(_Live):
    """No two live cases with one key at the same time."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule, rule["key"])

    def check(self, leaf: Leaf, kind: _Kind, case: Case) -> None:
        key = self.key(case)
        if key is None:
            return
        self.held[key].pop(id(case), None)
        if not self.is_live(leaf, case):
            return
        start, end = self.times(case)
        clash = self.overlapping(key, start, end)
        self.held[key][id(case)] = (start, end, Decimal(1))
        if clash:
            raise BrokenRule(f"{'/'.join(map(str, key))} is taken twice at the same time")


class _Summed(_Live):
    """A rule with a cap that leaves of another kind may state."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule, rule["group"])
        cap = rule.get("cap")
        self.caps: dict[Any, Decimal] = {}
        self.stated = cap if isinstance(cap, Mapping) else None
        self.fixed = None if self.stated is not None or cap is None else _decimal(cap)

    def hear(self, leaf: Leaf) -> None:
        """Takes the cap from a leaf that states it."""
        if self.stated is not None:
            group, data = str(leaf["data"].get(self.stated["group"])), leaf["data"]
            before = self.caps.get(group, Decimal(0)) if self.stated.get("adds") else Decimal(0)
            self.caps[group] = before + _decimal(data.get(self.stated["value"], 0))

    def cap(self, key: tuple[Any, ...]) -> Decimal | None:
        return self.fixed if self.stated is None else self.caps.get(str(key[0]))


class _Sum(_Summed):
    """The sum over the live cases of a group stays under a cap."""

    def check(self, leaf: Leaf, kind: _Kind, case: Case) -> None:
        key = self.key(case)
        if key is None:
            return
        self.held[key].pop(id(case), None)
        if not self.is_live(leaf, case):
            return
        value = _decimal(case.data.get(self.rule["value"]) or 0) if "value" in self.rule else Decimal(1)
        start, end = self.times(case)
        self.held[key][id(case)] = (start, end, value)
        cap = self.cap(key)
        if cap is not None and (most := self._most(key, start, end)) > cap:
            raise BrokenRule(f"{'/'.join(map(str, key))}: {most} where at most {cap} are allowed")

    def _most(self, key: tuple[Any, ...], start: Any, end: Any) -> Decimal:
        """The largest sum at any one time within the span: it is reached where some case begins."""
        held = self.overlapping(key, start, end)
        moments = {one[0] for one in held if one[0] is not None and (start is None or one[0] >= start)} | {start}
        return max(sum((one[2] for one in held if _covers(one, moment)), Decimal(0)) for moment in moments)


def _covers(held: tuple[Any, Any, Decimal], moment: Any) -> bool:
    start, end, _ = held
    return moment is None or ((start is None or start <= moment) and (end is None or moment < end))


class _Share(_Live):
    """part · 10,000 ≤ cap_bp · whole over a group, after every leaf."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule, rule["group"])
        self.parts: defaultdict[tuple[Any, ...], dict[int, tuple[Decimal, Decimal]]] = defaultdict(dict)

    def check(self, leaf: Leaf, kind: _Kind, case: Case) -> None:
        key = self.key(case)
        if key is None:
            return
        self.parts[key].pop(id(case), None)
        if self.is_live(leaf, case):
            part, whole = (_decimal(case.data.get(self.rule[name]) or 0) for name in ("part", "whole"))
            self.parts[key][id(case)] = (part, whole)
        given = self.rule["cap_bp"]
        cap = case.data.get(given) if isinstance(given, str) else given
        parts, wholes = (sum((one[at] for one in self.parts[key].values()), Decimal(0)) for at in (0, 1))
        if cap is not None and parts * 10_000 > _decimal(cap) * wholes:
            raise BrokenRule(f"{'/'.join(map(str, key))}: {parts} of {wholes} is more than {cap} basis points")


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise BrokenRule(f"{value!r} is no number") from error


class Replay:
    """All leaves through one or more machine files, each in force from the leaf that names it.

    Every file sees every leaf, so that its sums are whole; what it objects to counts only while it is in force. The
    first one named is in force from the beginning.
    """

    def __init__(self, files: Sequence[bytes]) -> None:
        self._machines = {digest(data): Machines(parse(data)) for data in files}
        self._named: set[str] = set()
        self._in_force: str | None = None
        self._early: dict[str, str] = {}

    def add(self, index: int, leaf: Leaf) -> None:
        """Takes the next leaf; `BrokenRule` when the machine in force does not allow it."""
        if leaf["type"] == MACHINE:
            self._enforce(leaf["data"].get("sha256", ""))
        for name, machine in self._machines.items():
            wrong = machine.add(leaf)
            if wrong is None:
                continue
            message = f"leaf {index}: {wrong}"
            if self._in_force == name:
                raise BrokenRule(message)
            if self._in_force is None:
                self._early.setdefault(name, message)

    def finish(self) -> None:
        """`InvalidMachines` when the log never named one of the files."""
        if unnamed := self._machines.keys() - self._named:
            raise InvalidMachines(f"the log names no machine file {sorted(unnamed)[0]}")

    def _enforce(self, name: str) -> None:
        if name not in self._machines:
            # A file that was not given: what was in force before it is so no longer.
            self._in_force = self._in_force and ""
            return
        first = self._in_force is None
        self._named.add(name)
        self._in_force = name
        if first and name in self._early:
            raise BrokenRule(self._early[name])
