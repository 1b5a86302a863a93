"""A certificate shown to others by a link that its holder makes and takes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from college import rules
from college.models import Credential, Share


@transaction.atomic
def share(*, credential: Credential, by: Any, now: datetime) -> Share:
    """The link of this certificate: the one there is, or a new one. No link taken back ever opens again."""
    rules.check_is_own(by, credential.person)
    Credential.objects.select_for_update(no_key=True).get(pk=credential.pk)
    standing = credential.shares.filter(ended_at=None).first()
    return standing or Share.objects.create(credential=credential, made_at=now)


@transaction.atomic
def take_share_back(*, credential: Credential, by: Any, now: datetime) -> bool:
    """From now on the link opens nothing; False when there was none."""
    rules.check_is_own(by, credential.person)
    return credential.shares.filter(ended_at=None).update(ended_at=now) == 1
