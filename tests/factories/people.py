"""People, companies and roles for tests; made by the services where the law wants a ledger line."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from allauth.account.models import EmailAddress

from ledger import log
from ledger.models import Record
from portal.accounts.enums import MemberKind
from portal.accounts.models import Cluster, Membership, Organisation, User
from portal.accounts.services import grant_role, register_organisation
from portal.core.business_number import check_digit

NOW = datetime(2019, 11, 22, 1, 0, tzinfo=UTC)
_count = itertools.count(1)


def person(name: str = "김마당", *, email: str = "", password: str | None = None, **fields: Any) -> User:
    """A person with a verified address."""
    email = email or f"person{next(_count)}@example.com"
    user = User.objects.create_user(email, password, name=name, **{"joined_at": NOW, **fields})
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def cluster(code: str = "seoul") -> Cluster:
    """The cluster of that code."""
    names = {"name_ko": f"{code} 클러스터", "name_en": f"{code.title()} cluster"}
    return Cluster.objects.get_or_create(code=code, defaults=names)[0]


def with_role(role: str, *, user: User | None = None, **scope: Any) -> User:
    """A person who holds ``role``; scope as in ``grant_role``."""
    user = user or person()
    grant_role(by=log.SYSTEM, user=user, role=role, now=NOW, **scope)
    return user


def number() -> str:
    """A valid business number that no other company of the test has."""
    nine = f"{999_000_000 + next(_count):09}"
    return f"{nine}{check_digit(nine)}"


def company(master: User | None = None, *members: User, name: str = "가온체인", **fields: Any) -> Organisation:
    """A company with its master account and members."""
    organisation = register_organisation(
        by=master or person(),
        business_number=fields.pop("business_number", None) or number(),
        name_ko=name,
        representative="김대표",
        now=NOW,
        **fields,
    )
    for member in members:
        Membership.objects.create(organisation=organisation, user=member, kind=MemberKind.MEMBER, since_at=NOW)
    return organisation


def leaves(row: Any) -> list[dict[str, Any]]:
    """The ledger's leaves about a row, in order, as plain data."""
    found = Record.objects.filter(subject_table=row._meta.db_table, subject_pk=str(row.pk)).order_by("id")
    return [json.loads(bytes(record.leaf)) for record in found]
