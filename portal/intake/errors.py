"""Refusals of intake that carry more than a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import Invalid, Late, Refused

if TYPE_CHECKING:
    from portal.intake.blocks import Trouble


class DraftClash(Refused):
    """Someone saved the page in between. Both sets of answers are here; nothing was overwritten."""

    default = gettext_lazy(
        "다른 구성원이 먼저 저장했습니다. 두 내용을 비교해 골라 주십시오. 입력하신 내용은 아래에 그대로 있습니다."
    )

    def __init__(
        self, *, yours: dict[str, Any], theirs: dict[str, Any], version: int, who: Any, when: datetime
    ) -> None:
        self.yours, self.theirs, self.version, self.who, self.when = yours, theirs, version, who, when
        super().__init__()


class Incomplete(Invalid):
    """The application cannot be sent yet; ``troubles`` says where."""

    default = gettext_lazy("아직 제출할 수 없습니다. 아래 항목을 확인해 주십시오. 작성하신 내용은 저장되어 있습니다.")

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        self.troubles = list(troubles)
        super().__init__()


class Objections(Refused):
    """A programme or a check objects; ``problems`` lists why."""

    default = gettext_lazy("확인할 사항이 있어 진행할 수 없습니다.")

    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = [str(problem) for problem in problems]
        super().__init__(f"{self.default} {' '.join(self.problems)}")


def too_late(closes_at: datetime, now: datetime) -> Late:
    """The refusal after the bell, with both times to the tenth of a second: 18:00:00.0 is late."""
    return Late(
        _(
            "접수가 %(closed)s에 마감되었습니다. 제출 요청은 %(now)s에 도착했습니다(서버 시각). 작성하신 내용은 그대로 보관됩니다."
        )
        % {"closed": _instant(closes_at), "now": _instant(now)}
    )


def _instant(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%Y. %m. %d. %H:%M:%S}.{local.microsecond // 1000:03d}"
