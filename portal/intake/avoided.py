"""기피 named in the form: whom of a panel the rows name. Pure.

A person is meant by name, a body by its name or business number. The same name may be another person's: a match is a
challenge, which the approver decides, never a bar by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.intake.blind import plain


@dataclass(frozen=True, slots=True)
class Known:
    """An evaluator as far as a form can name one: name, employer, business numbers and names of employers."""

    name: str
    employer: str
    numbers: Sequence[str] = ()


def named(rows: Any, who: Known) -> str | None:
    """The reason given in the first row that names the evaluator; None when none does."""
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and _means(row, who):
            return str(row.get("reason", ""))
    return None


def _means(row: Mapping[str, Any], who: Known) -> bool:
    person, body = plain(str(row.get("person", ""))), plain(str(row.get("body", "")))
    if person:
        return person == plain(who.name)
    return len(body) > 1 and any(body in name for name in _bodies(who))


def _bodies(who: Known) -> Iterable[str]:
    return [plain(who.employer), *(plain(number) for number in who.numbers)]
