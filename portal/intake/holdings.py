"""Under which keys intake's lines of the ledger seal what is about a person (see ``portal.accounts.sealing``)."""

from __future__ import annotations

from collections.abc import Iterator

from portal.accounts.models import User
from portal.accounts.sealing import register_keys
from portal.intake.models import Member


def evaluators_keys(user: User) -> Iterator[str]:
    """An evaluator's, for each pool and each panel they sat on."""
    yield from (f"evaluator:{pk}" for pk in user.evaluator_entries.order_by("pk").values_list("pk", flat=True))
    yield from (f"member:{pk}" for pk in Member.objects.filter(evaluator__user=user).values_list("pk", flat=True))


register_keys(evaluators_keys)
