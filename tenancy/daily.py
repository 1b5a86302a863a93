"""What daily life in the hubs tells the ledger: meeting rooms, requests, directory. Imported once, in ``TenancyConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from ledger.log import EventType, name, register
from tenancy.enums import BookingKind, ListingField, TicketCategory

_TIME = {"room": "ref", "starts": "time", "ends": "time"}
_PARTS = "code:" + "|".join(ListingField.values)

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
    EventType("space.room_wait.asked", 1, dict(_TIME), title=_("회의실이 비면 알려 달라고 했습니다")),
    EventType("space.room_wait.offered", 1, {"until": "time"}, title=_("비게 된 회의실을 10분 동안 확보했습니다")),
    EventType("space.room_wait.taken", 1, {}, title=_("기다린 회의실을 예약했습니다")),
    EventType("space.room_wait.passed", 1, {}, title=_("회의실의 차례가 다음으로 넘어갔습니다")),
    EventType("space.room_wait.left", 1, {}, title=_("회의실을 더 기다리지 않습니다")),
    EventType(
        "space.ticket.received",
        1,
        {"category": "code:" + "|".join(TicketCategory.values), "due_at": "time"},
        title=_("요청을 받았습니다"),
    ),
    EventType("space.ticket.assigned", 1, {}, title=_("요청의 담당을 정했습니다")),
    EventType("space.ticket.started", 1, {}, title=_("요청의 처리를 시작했습니다")),
    EventType("space.ticket.asked", 1, {}, title=_("입주기업에 물었습니다")),
    EventType("space.ticket.answered", 1, {}, title=_("입주기업이 답했습니다")),
    EventType("space.ticket.done", 1, {}, title=_("요청을 처리했습니다")),
    EventType("space.ticket.closed", 1, {}, title=_("요청을 종결했습니다")),
    EventType("space.ticket.reopened", 1, {}, title=_("요청을 다시 열었습니다")),
    EventType("space.ticket.dropped", 1, {}, title=_("요청을 취소했습니다")),
    EventType("space.listing.consented", 1, {"part": _PARTS}, title=_("소개의 공개에 동의했습니다")),
    EventType("space.listing.withdrawn", 1, {"part": _PARTS}, title=_("소개의 공개 동의를 거두었습니다")),
]

for event in EVENT_TYPES:
    register(event)

name(
    kinds={
        "booking": _("회의실 예약"),
        "room_wait": _("회의실 알림 요청"),
        "ticket": _("민원"),
        "listing": _("입주기업 소개"),
    },
    fields={
        "room": _("회의실"),
        "starts": _("시작"),
        "ends": _("끝"),
        "category": _("분류"),
        "due_at": _("처리 기한"),
        "part": _("항목"),
    },
)
