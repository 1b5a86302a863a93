"""Sittings as a calendar, read under an address that only the evaluator knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts import feedkeys
from portal.accounts.models import User
from portal.core import ical
from portal.intake.models import Sitting

_PURPOSE = "sittings"


def key_of(user: Any) -> str:
    """The secret part of the evaluator's address."""
    return feedkeys.key_of(user, _PURPOSE)


def user_of(key: str) -> User | None:
    """Whose address it is, if it is one."""
    return feedkeys.user_of(key, _PURPOSE)


def calendar(sittings: Iterable[Sitting], *, now: datetime, url: str) -> str:
    """The whole calendar; a sitting called off stays, cancelled."""
    return ical.feed(_("평가회의"), (_entry(sitting, now, url) for sitting in sittings))


def _entry(sitting: Sitting, now: datetime, url: str) -> ical.Entry:
    call = sitting.stage.call
    title = f"{call.current.title_text if call.current else call.code} · {sitting.stage.name_text}"
    return ical.Entry(
        uid=str(sitting.public_id),
        title=_("평가회의: %(title)s") % {"title": title},
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        changed_at=now,
        place=sitting.place,
        url=url,
        cancelled=sitting.cancelled_at is not None,
    )
