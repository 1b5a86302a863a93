"""What this room tells the ledger: its event types. Imported once, in ``MiceConfig.ready``."""

from django.utils.translation import gettext_lazy as _

from ledger.log import EventType, name, register

_CASE = {"session": "ref", "party": "int"}

EVENT_TYPES = [
    EventType(
        "event.tour.published",
        1,
        {
            "tour": "ref",
            "version": "int",
            "itinerary": "ref",
            "starts_at": "time",
            "cutoff_at": "time",
            "language": "ref",
            "minimum": "int",
            "capacity": "int",
        },
        title=_("해설회차를 열었습니다"),
    ),
    EventType("event.tour.confirmed", 1, {"joined": "int"}, title=_("해설회차를 진행하기로 확정했습니다")),
    EventType("event.tour.reopened", 1, {"joined": "int"}, title=_("최소 인원에 모자라 해설회차를 다시 모집합니다")),
    EventType("event.tour.started", 1, {}, title=_("해설을 시작했습니다")),
    EventType("event.tour.finished", 1, {}, title=_("해설을 마쳤습니다")),
    EventType("event.tour.lapsed", 1, {"joined": "int"}, title=_("최소 인원에 모자라 해설회차를 열지 않습니다")),
    EventType("event.tour.cancelled", 1, {}, title=_("해설회차를 취소했습니다")),
    EventType("event.booking.requested", 1, _CASE, title=_("투어를 예약했습니다")),
    EventType("event.booking.queued", 1, _CASE, title=_("투어의 대기 명단에 올렸습니다")),
    EventType("event.booking.confirmed", 1, _CASE, title=_("투어 예약을 확정했습니다")),
    EventType("event.booking.unconfirmed", 1, _CASE, title=_("투어 예약을 인원대기로 돌렸습니다")),
    EventType("event.booking.offered", 1, {**_CASE, "expires_at": "time"}, title=_("투어의 빈자리를 제안했습니다")),
    EventType("event.booking.accepted", 1, _CASE, title=_("투어의 빈자리를 받았습니다")),
    EventType("event.booking.lapsed", 1, {**_CASE, "expires_at": "time"}, title=_("빈자리 제안의 기한이 지났습니다")),
    EventType("event.booking.left", 1, _CASE, title=_("투어의 대기를 그만두었습니다")),
    EventType("event.booking.checked_in", 1, _CASE, title=_("투어에 입장했습니다")),
    EventType("event.booking.missed", 1, _CASE, title=_("투어에 오지 않았습니다")),
    EventType(
        "event.allotment.kept",
        1,
        {"session": "ref", "places": "int", "release_at": "time"},
        title=_("행사 참가자의 자리를 남겨 두었습니다"),
    ),
    EventType(
        "event.allotment.released",
        1,
        {"session": "ref", "places": "int"},
        title=_("행사 참가자의 남은 자리를 풀었습니다"),
    ),
    EventType("event.group.asked", 1, {"tour": "ref", "party": "int"}, title=_("단체가 따로 회차를 신청했습니다")),
    EventType("event.group.led", 1, _CASE, title=_("단체에 따로 회차를 열었습니다")),
    EventType("event.group.declined", 1, {}, title=_("단체의 회차를 열지 못했습니다")),
    EventType("event.booking.cancelled", 1, _CASE, title=_("투어 예약을 취소했습니다")),
]

for event in EVENT_TYPES:
    register(event)

name(
    roles={"visitor": _("관람객"), "guide": _("해설사")},
    rooms={"event": _("행사·투어")},
    kinds={
        "tour_session": _("해설회차"),
        "tour_booking": _("투어 예약"),
        "tour_allotment": _("행사 배정"),
        "tour_group": _("단체 신청"),
    },
    fields={
        "cutoff_at": _("예약 마감"),
        "itinerary": _("일정의 지문"),
        "language": _("해설 언어"),
        "minimum": _("최소 인원"),
        "party": _("인원"),
        "joined": _("모인 인원"),
        "places": _("자리 수"),
        "release_at": _("배정을 푸는 때"),
        "session": _("해설회차"),
        "tour": _("투어코스"),
    },
)
