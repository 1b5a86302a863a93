"""Timestamps as certificates spell them. Pure."""

import re
from datetime import UTC, datetime

_full = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch


def parse(text: object) -> datetime | None:
    """The instant of a full timestamp with zone (XML Schema ``dateTimeStamp``); None for anything else."""
    if not isinstance(text, str) or _full(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def write(at: datetime) -> str:
    """``at`` in UTC to the second, such as ``2026-11-22T01:30:00Z``; ``ValueError`` for a time without zone."""
    if at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
