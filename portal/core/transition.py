"""One transition for every room: the row moves by a conditional UPDATE and the ledger gets its line, both or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from ledger import log
from portal.core.errors import ForgedStep, Overtaken

#: ``{(from, to): "kind:done"}``; pure data of a room's ``workflow.py``.
Steps = Mapping[tuple[str, str], str]


def advance(
    obj: Any,
    to: str,
    *,
    by: Any,
    steps: Steps,
    reason: str | None = None,
    data: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    refs: Sequence[UUID] = (),
    changes: Mapping[str, Any] | None = None,
) -> UUID:
    """Move ``obj.status`` to ``to`` and record it; returns the leaf's id.

    ``obj`` is a model instance with ``status``, ``ledger_room()`` and ``ledger_subject()``.

    The step's entry ``"kind:done"`` makes the leaf ``<obj.ledger_room()>.<kind>.<done>`` with ``data.from`` and
    ``data.to``; ``reason`` goes in as a commitment. ``changes`` are further columns set by the same UPDATE.

    Raises ``ForgedStep`` when ``steps`` has no such entry, ``Overtaken`` when the row is no longer in the state that
    ``obj`` was read in. Must run inside a transaction: a refusal after it must undo it.
    """
    start = str(obj.status)
    step = steps.get((start, to))
    if step is None:
        raise ForgedStep
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("advance() needs a transaction around it")
    _move(obj, start, to, changes or {})
    kind, done = step.split(":")
    return log.append(
        f"{obj.ledger_room()}.{kind}.{done}",
        row=obj,
        by=by,
        data={"from": start, "to": to, **(data or {})},
        private={**({"reason": reason} if reason else {}), **(private or {})} or None,
        refs=refs,
    )


def _move(obj: Any, start: str, to: str, changes: Mapping[str, Any]) -> None:
    values = {"status": to, **changes}
    moved = type(obj)._default_manager.filter(pk=obj.pk, status=start).update(**values)
    if moved != 1:
        raise Overtaken
    for field, value in values.items():
        setattr(obj, field, value)
