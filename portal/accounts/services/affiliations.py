"""Parents and subsidiaries of a company, as it declares them itself."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts import rules
from portal.accounts.models import Affiliation, Organisation, User
from portal.core import outbox
from portal.core.business_number import normalise
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL

#: Outbox topic: a company has declared a parent or subsidiary; for rooms in which the two must not meet.
AFFILIATION_DECLARED = "account.affiliation_declared"


@transaction.atomic
def declare_affiliation(
    *, organisation: Organisation, kind: str, business_number: str, name: str, since: date, by: User, now: datetime
) -> Affiliation:
    """Enter a parent or subsidiary. ``Invalid`` for a wrong number, one's own, one entered already, or a day to come."""
    rules.check_can_sign_for(by, organisation)
    number = _number(business_number, organisation)
    if since > now.astimezone(SEOUL).date():
        raise Invalid(_("관계가 시작된 날은 오늘이거나 그 전이어야 합니다."), field="since_date")
    try:
        with transaction.atomic():
            made = Affiliation.objects.create(
                organisation=organisation,
                kind=kind,
                business_number=number,
                name=name,
                since_date=since,
                declared_by=by,
                declared_at=now,
            )
    except IntegrityError as clash:
        raise Invalid(_("이미 신고한 기업입니다."), field="business_number") from clash
    outbox.put(AFFILIATION_DECLARED, {"organisation": organisation.pk})
    return made


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, until: date, by: User, now: datetime) -> None:
    """Say on which day the relation ended. Bars that were entered because of it stay."""
    rules.check_can_sign_for(by, affiliation.organisation)
    if not affiliation.since_date <= until <= now.astimezone(SEOUL).date():
        raise Invalid(_("관계가 끝난 날은 시작된 날과 오늘 사이여야 합니다."), field="until_date")
    live = Affiliation.objects.filter(pk=affiliation.pk, until_date__isnull=True)
    if not live.update(until_date=until):
        raise Overtaken


def _number(text: str, organisation: Organisation) -> str:
    try:
        number = normalise(text)
    except ValueError as wrong:
        message = _("사업자등록번호가 올바르지 않습니다. 숫자 10자리를 다시 확인해 주십시오.")
        raise Invalid(message, field="business_number") from wrong
    if number == organisation.business_number:
        raise Invalid(_("귀사의 번호입니다. 모회사나 자회사의 번호를 적어 주십시오."), field="business_number")
    return number
