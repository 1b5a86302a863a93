"""Reads of the inbox, the preferences and the dead letters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.core.models import OutboxMessage, OutboxStatus
from portal.notices.enums import Channel
from portal.notices.models import Notice, Preference
from portal.notices.registry import Topic, all_topics


def inbox(user: User, *, unread: bool = False) -> QuerySet[Notice]:
    """A person's notices, the newest first."""
    own = Notice.objects.filter(user=user)
    return own.filter(read_at__isnull=True) if unread else own


def unread_count(user: Any) -> int:
    """How many notices a person has not read; one query on a partial index."""
    return inbox(user, unread=True).count() if user.is_authenticated else 0


def unwanted(users: Collection[User], topic: str, channel: Channel) -> frozenset[int]:
    """Ids of those who do not want the topic by the channel."""
    rows = Preference.objects.filter(user__in=users, topic=topic, channel=channel, wanted=False)
    return frozenset(rows.values_list("user_id", flat=True))


def preferences(user: User, channel: Channel = Channel.EMAIL) -> list[tuple[Topic, bool]]:
    """Every topic with whether the person gets it by the channel."""
    refused = Preference.objects.filter(user=user, channel=channel, wanted=False).values_list("topic", flat=True)
    off = frozenset(refused)
    return [(topic, topic.required or topic.code not in off) for topic in all_topics()]


def dead_letters() -> QuerySet[OutboxMessage]:
    """Effects that failed for good until a person decides, the newest first."""
    return OutboxMessage.objects.filter(status=OutboxStatus.DEAD).order_by("-created_at", "-id")
