"""Rehearsals: long stretches of the portal's life played through the real services, with checks at the end.

A room registers its own in ``AppConfig.ready()``; ``manage.py rehearse NAME`` plays it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Say = Callable[[str], None]


@dataclass
class Outcome:
    """What a rehearsal came to: counts in the order to print, and what broke a rule, in plain words."""

    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """One line: ``72 applications, 40 leases, …, 0 violations``."""
        parts = [f"{number:,} {name}" for name, number in self.counts.items()]
        return ", ".join([*parts, f"{len(self.violations)} violations"])


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``play(say, variant)`` drives the services; ``variants`` are the values of ``--as``, the default first.

    ``tested`` are those that every test run plays; none named means all.
    """

    name: str
    play: Callable[[Say, str], Outcome]
    variants: tuple[str, ...] = ("planned",)
    tested: tuple[str, ...] = ()


_rehearsals: dict[str, Rehearsal] = {}


def register(rehearsal: Rehearsal) -> None:
    """Add a rehearsal; a second one of the same name fails at start."""
    if rehearsal.name in _rehearsals:
        raise ValueError(f"two rehearsals named {rehearsal.name}")
    _rehearsals[rehearsal.name] = rehearsal


def registered() -> Mapping[str, Rehearsal]:
    """All rehearsals by name."""
    return dict(_rehearsals)
