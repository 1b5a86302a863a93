"""One transition for every room: the row moves by a conditional UPDATE and the ledger gets its line, both or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

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
    event = _event(obj, start, to, steps)
    _move(obj, start, to, changes or {})
    return log.append(
        event,
        row=obj,
        by=by,
        data={"from": start, "to": to, **(data or {})},
        private={**({"reason": reason} if reason else {}), **(private or {})} or None,
        refs=refs,
    )


def advance_all(
    objs: Sequence[Any],
    to: str,
    *,
    by: Any | Callable[[Any], Any],
    steps: Steps,
    data: Callable[[Any], Mapping[str, Any]] | None = None,
    changes: Callable[[Any], Mapping[str, Any]] | None = None,
) -> None:
    """Move many rows of one model at once: one UPDATE for each state they come from, and a leaf each.

    ``changes`` and ``data`` answer for one row, ``data`` after the row has changed, and ``by`` does when each is moved by
    somebody else. All or none: one that is no longer in
    the state in which it was read makes it ``Overtaken``.
    """
    log.prepare(objs)
    for start in sorted({str(obj.status) for obj in objs}):
        rows = [obj for obj in objs if obj.status == start]
        event = _event(rows[0], start, to, steps)
        _move_all(rows, start, to, [changes(row) if changes else {} for row in rows])
        for row in rows:
            actor = by(row) if callable(by) else by
            log.append(event, row=row, by=actor, data={"from": start, "to": to, **(data(row) if data else {})})


def _event(obj: Any, start: str, to: str, steps: Steps) -> str:
    """The type of the leaf that this step writes."""
    step = steps.get((start, to))
    if step is None:
        raise ForgedStep
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("advance() needs a transaction around it")
    kind, done = step.split(":")
    return f"{obj.ledger_room()}.{kind}.{done}"


def _move(obj: Any, start: str, to: str, changes: Mapping[str, Any]) -> None:
    values = {"status": to, **changes}
    moved = type(obj)._default_manager.filter(pk=obj.pk, status=start).update(**values)
    if moved != 1:
        raise Overtaken
    for field, value in values.items():
        setattr(obj, field, value)


def _move_all(rows: Sequence[Any], start: str, to: str, changes: Sequence[Mapping[str, Any]]) -> None:
    model = type(rows[0])
    there: QuerySet[Any] = model._default_manager.filter(pk__in=[row.pk for row in rows], status=start)
    columns = {name: [values[name] for values in changes] for name in changes[0]}
    moved = there.update(status=to, **{name: _by_row(model, name, rows, these) for name, these in columns.items()})
    if moved != len(rows):
        raise Overtaken
    for row, values in zip(rows, changes, strict=True):
        for name, value in {"status": to, **values}.items():
            setattr(row, name, value)


def _by_row(model: Any, name: str, rows: Sequence[Any], values: Sequence[Any]) -> Any:
    """One value for all where it is the same for all, else each row's own."""
    if all(value == values[0] for value in values):
        return values[0]
    field = model._meta.get_field(name)
    own = (When(pk=row.pk, then=Value(value, output_field=field)) for row, value in zip(rows, values, strict=True))
    return Case(*own, output_field=field)
