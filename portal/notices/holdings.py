"""What notices holds about a person (see ``portal.accounts.personal``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.personal import Holding, register
from portal.notices import queries
from portal.notices.models import Preference


def notices(user: User) -> Iterator[Mapping[str, object]]:
    yield from queries.inbox(user).values("topic", "title", "body", "url", "created_at", "read_at")


def preferences(user: User) -> Iterator[Mapping[str, object]]:
    yield from Preference.objects.filter(user=user).order_by("topic").values("topic", "channel", "wanted")


register(Holding("notices", _("받은 알림"), notices, lambda user: queries.inbox(user).delete()))
register(
    Holding(
        "notice_preferences",
        _("알림 설정"),
        preferences,
        lambda user: Preference.objects.filter(user=user).delete(),
    )
)
