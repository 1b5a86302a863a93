"""Telling people. The inbox row is written in the deciding transaction; mails go out by the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from portal.accounts import queries as accounts
from portal.accounts import rules as accounts_rules
from portal.accounts.models import Organisation, User
from portal.core import outbox
from portal.core.models import OutboxMessage
from portal.notices import queries
from portal.notices.enums import Channel
from portal.notices.models import Notice, Preference
from portal.notices.registry import Topic, all_topics, find

LONGEST_TITLE = Notice._meta.get_field("title").max_length


@transaction.atomic(savepoint=False)
def notify(
    *,
    to: User | Organisation | Iterable[User],
    topic: str,
    context: Mapping[str, Any],
    url: str = "",
    key: str | None = None,
) -> list[Notice]:
    """Tell people, each in their language: an inbox row now, a mail by the outbox to those who want it.

    A company is told through all who act for it. The same ``key`` is told to a person once, however often it is asked.
    ``KeyError`` when no room registered ``topic``.
    """
    return _tell(find(topic), [(user, context, url, key) for user in _people(to)])


@dataclass(frozen=True, slots=True)
class Letter:
    """What one company, or somebody by all their accounts, is told among many who are told at once; ``key`` as in ``notify``."""

    to: Organisation | Sequence[User]
    context: Mapping[str, Any]
    url: str
    key: str


@transaction.atomic(savepoint=False)
def notify_all(*, topic: str, letters: Sequence[Letter]) -> list[Notice]:
    """``notify`` for many, each told their own, in as many statements as for one."""
    companies = {letter.to for letter in letters if isinstance(letter.to, Organisation)}
    members = accounts.members_of_all(companies) if companies else {}
    readers = ((one, members[one.to.pk] if isinstance(one.to, Organisation) else _people(one.to)) for one in letters)
    return _tell(find(topic), [(user, one.context, one.url, one.key) for one, users in readers for user in users])


def _tell(kind: Topic, words: Sequence[tuple[User, Mapping[str, Any], str, str | None]]) -> list[Notice]:
    told = [_notice(user, kind, context, url, key) for user, context, url, key in words]
    Notice.objects.bulk_create(told, ignore_conflicts=any(notice.key is not None for notice in told))
    people = [user for user, *_ in words]
    silent = frozenset() if kind.required else queries.unwanted(people, kind.code, Channel.EMAIL)
    # Demonstration people have no mailbox; what they would get stands in their inbox.
    mailed = (notice for user, notice in zip(people, told, strict=True) if user.pk not in silent and not user.is_demo)
    outbox.put_all("notice.email", [{"notice": str(notice.pk)} for notice in mailed])
    return told


@transaction.atomic
def mark_read(*, by: User, notice: Notice, now: datetime) -> None:
    """The person has seen one notice of theirs."""
    queries.inbox(by, unread=True).filter(pk=notice.pk, created_at__lte=now).update(read_at=now)


@transaction.atomic
def mark_all_read(*, by: User, now: datetime) -> int:
    """The person has seen all that came until now; answers how many were new."""
    return queries.inbox(by, unread=True).filter(created_at__lte=now).update(read_at=now)


@transaction.atomic
def choose(*, by: User, wanted: Iterable[str], channel: Channel = Channel.EMAIL) -> None:
    """Set for every topic whether the person wants it by the channel; required topics cannot be refused."""
    chosen = frozenset(wanted)
    rows = [
        Preference(user=by, topic=topic.code, channel=channel, wanted=topic.required or topic.code in chosen)
        for topic in all_topics()
    ]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "topic", "channel"], update_fields=["wanted"]
    )


@transaction.atomic
def revive(*, by: User, message: OutboxMessage) -> bool:
    """Let a dead letter be tried again; False when somebody already did."""
    accounts_rules.check_may(by, "outbox.revive")
    return outbox.revive(message)


def _people(to: User | Organisation | Iterable[User]) -> list[User]:
    if isinstance(to, Organisation):
        return [membership.user for membership in accounts.members_of(to)]
    people = [to] if isinstance(to, User) else to
    return list({user.pk: user for user in people if user.is_active}.values())


def _notice(user: User, topic: Topic, context: Mapping[str, Any], url: str, key: str | None) -> Notice:
    with translation.override(user.language):
        shown = {name: _shown(value) for name, value in context.items()}
        title = str(topic.title).format_map(shown)
        body = render_to_string(topic.template, dict(context)) if topic.template else str(topic.body).format_map(shown)
    return Notice(
        user=user,
        topic=topic.code,
        title=title[:LONGEST_TITLE],
        body=body.strip(),
        url=in_language(user.language, url),
        key=key,
    )


def _shown(value: Any) -> Any:
    """Instants and days as people read them, in the language that is active."""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value


def in_language(language: str, url: str) -> str:
    """The same address in the reader's language."""
    codes = "|".join(code for code, _name in settings.LANGUAGES)
    return re.sub(rf"^/({codes})/", f"/{language}/", url)
