"""What visitors of the tour are told, by the word of what happened."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text; both may name ``{tour}``, ``{when}``, ``{party}``, ``{minimum}`` and ``{expires_at}``.

    Every letter ends with the booking's secret link, where it is answered, changed and cancelled.
    """

    subject: str | Promise
    text: str | Promise


LETTERS: Mapping[str, Letter] = {
    "pending": Letter(
        _("{tour} 예약을 받았습니다"),
        _(
            "{when} 투어를 {party}명으로 예약하셨습니다. {minimum}명이 모이면 진행을 확정하고 알려 드립니다. 못 오시게 되면 다른 분을 위해 미리 취소해 주십시오."
        ),
    ),
    "confirmed": Letter(
        _("{tour} 예약이 확정되었습니다"),
        _("{when} 투어를 {party}명으로 진행합니다. 못 오시게 되면 다른 분을 위해 미리 취소해 주십시오."),
    ),
    "unconfirmed": Letter(
        _("{tour} 예약이 인원대기로 바뀌었습니다"),
        _("취소하신 분이 있어 {when} 투어가 최소 인원 {minimum}명에 모자랍니다. 다시 모이면 확정하고 알려 드립니다."),
    ),
    "waiting": Letter(
        _("{tour} 대기 명단에 올랐습니다"),
        _("{when} 투어에 {party}명이 함께할 자리가 나면 알려 드립니다. 제안을 받으면 기한 안에 답해 주십시오."),
    ),
    "offered": Letter(
        _("{tour} 자리가 났습니다"),
        _(
            "{when} 투어에 {party}명의 자리가 났습니다. {expires_at}까지 답해 주십시오. 기한이 지나면 다음 분께 넘어갑니다."
        ),
    ),
    "lapsed": Letter(
        _("{tour} 제안의 기한이 지났습니다"),
        _("{when} 투어의 자리는 다음 분께 넘어갔습니다. 다른 날의 투어를 예약하실 수 있습니다."),
    ),
    "cancelled": Letter(
        _("{tour} 예약을 취소하셨습니다"),
        _("{when} 투어의 {party}명 예약을 취소했습니다."),
    ),
    "called_off": Letter(
        _("{tour} 투어를 취소했습니다"),
        _("{when} 투어를 진행하지 못하게 되었습니다. 죄송합니다. 다른 날의 투어를 예약하실 수 있습니다."),
    ),
    "too_few": Letter(
        _("{tour} 투어를 열지 않습니다"),
        _(
            "{when} 투어에 최소 인원 {minimum}명이 모이지 않았습니다. 죄송합니다. 다른 날의 투어를 예약하실 수 있습니다."
        ),
    ),
    "group_asked": Letter(
        _("{tour} 단체 신청을 받았습니다"),
        _("{when}, {party}명의 투어를 신청하셨습니다. 담당자가 회차를 마련하고 알려 드립니다."),
    ),
    "group_declined": Letter(
        _("{tour} 단체 투어를 마련하지 못했습니다"),
        _("{when}, {party}명의 투어를 마련하지 못했습니다. 죄송합니다. 다른 날로 다시 신청하실 수 있습니다."),
    ),
    "line_closed": Letter(
        _("{tour} 대기를 마감했습니다"),
        _("{when} 투어에는 자리가 나지 않았습니다. 다른 날의 투어를 예약하실 수 있습니다."),
    ),
}
