"""What intake holds about a person (see ``portal.accounts.personal``), and under which keys the ledger seals it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.personal import Holding, register
from portal.accounts.sealing import register_keys
from portal.intake.models import Interest, Member


def evaluators_keys(user: User) -> Iterator[str]:
    """An evaluator's, for each pool and each panel they sat on."""
    yield from (f"evaluator:{pk}" for pk in user.evaluator_entries.order_by("pk").values_list("pk", flat=True))
    yield from (f"member:{pk}" for pk in Member.objects.filter(evaluator__user=user).values_list("pk", flat=True))


def interests(user: User) -> Iterator[Mapping[str, object]]:
    """What the person declared as an evaluator, wordings put right since included."""
    fields = ("kind", "name", "business_number", "share_bp", "since_date", "until_date", "declared_at")
    yield from Interest.objects.filter(user=user).order_by("pk").values(*fields, "corrected_at", "corrected_reason")


register_keys(evaluators_keys)
register(
    Holding(
        "interests",
        _("평가위원으로 신고한 이해관계"),
        interests,
        stays=_("어느 기업의 평가에서 왜 제외되었는지의 근거이므로 이름을 지운 채 남습니다."),
    )
)
