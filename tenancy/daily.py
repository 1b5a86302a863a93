"""What daily life in the hubs tells the ledger: meeting rooms. Imported once, in ``TenancyConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from ledger.log import EventType, name, register
from tenancy.enums import BookingKind

_TIME = {"room": "ref", "starts": "time", "ends": "time"}

EVENT_TYPES = [
    EventType(
        "space.booking.booked",
        1,
        {**_TIME, "kind": "code:" + "|".join(BookingKind.values)},
        title=_("회의실을 예약했습니다"),
    ),
    EventType("space.booking.confirmed", 1, {}, title=_("회의실 예약을 승인했습니다")),
    EventType("space.booking.refused", 1, {}, title=_("회의실 예약을 반려했습니다")),
    EventType("space.booking.checked_in", 1, {}, title=_("회의실 사용을 시작했습니다")),
    EventType("space.booking.released", 1, {}, title=_("쓰지 않은 회의실을 풀었습니다")),
    EventType("space.booking.cancelled", 1, {}, title=_("회의실 예약을 취소했습니다")),
]

for event in EVENT_TYPES:
    register(event)

name(
    kinds={"booking": _("회의실 예약")},
    fields={
        "room": _("회의실"),
        "starts": _("시작"),
        "ends": _("끝"),
    },
)
