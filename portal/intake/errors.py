"""Refusals of intake that carry more than a sentence."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import Invalid, Late, Refused

if TYPE_CHECKING:
    from portal.intake.blocks import Trouble
    from portal.intake.models import Call

logger = logging.getLogger(__name__)


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


def overtaken_by_the_count(call: Call, now: datetime) -> Late:
    """The refusal of what arrived in time and was not worked off before the entries were counted: our fault, and a
    case for a late code. The log keeps what the office looks for when the company comes with the sentence."""
    logger.warning("a request for call %s arrived at %s, before its bell, and after the count", call.code, now)
    return Late(
        _(
            "제출 요청은 마감 전인 %(now)s에 도착했지만(서버 시각), 저희 쪽 처리가 늦어 접수 집계에 들지 못했습니다. "
            "작성하신 내용은 그대로 보관됩니다. 이 문구와 함께 공고의 담당 부서에 알려 주십시오. 담당 부서가 도착 기록을 확인해 "
            "추가접수를 결정합니다."
        )
        % {"now": _instant(now)}
    )


def _instant(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%Y. %m. %d. %H:%M:%S}.{local.microsecond // 1000:03d}"
