"""What a demonstration shows besides 2019: the plan's hubs with invented floors, and a call that is open today."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from portal.accounts.models import Cluster
from portal.core.periods import SEOUL, add_months, first_of_month, next_working_day
from portal.intake import services as intake
from portal.intake.models import Call
from tenancy import services
from tenancy.models import Hub
from tenancy.rehearsal.cast import Staff, hire
from tenancy.rehearsal.facts import Round, call_data
from tenancy.rehearsal.pricing import card_in_force
from tenancy.services.places import open_hub

#: Names and numbers of places are the plan's; how they lie on floors is invented.
HUBS: dict[str, dict[str, Any]] = {
    "mapo": {
        "name_ko": "마포 서울창업허브",
        "name_en": "Mapo Seoul Startup Hub",
        "address_ko": "서울 마포구",
        "address_en": "Mapo-gu, Seoul",
        "floors": {3: 12, 4: 11},
    },
    "gaepo": {
        "name_ko": "개포 디지털혁신파크",
        "name_en": "Gaepo Digital Innovation Park",
        "address_ko": "서울 강남구 개포동",
        "address_en": "Gaepo-dong, Gangnam-gu, Seoul",
        "floors": {2: 25, 3: 25},
    },
    "gbc": {
        "name_ko": "서울 글로벌 블록체인센터",
        "name_en": "Seoul Global Blockchain Center",
        "address_ko": "서울 강남구 개포동 디지털혁신파크 운동장 부지",
        "address_en": "On the sports ground of the Digital Innovation Park, Gaepo-dong, Gangnam-gu, Seoul",
        "floors": {1: 24, 2: 24, 3: 24, 4: 24, 5: 24},
        "opens_months": 18,
    },
}
_MEETING_ROOMS = (("well", "우물", "Well", 4), ("yard", "뜰", "Yard", 6), ("zelkova", "느티나무", "Zelkova", 16))
_RULE = {"opens_minute": 540, "closes_minute": 1320, "quota_minutes": 1200, "longest_minutes": 240}
OPEN_DAYS, START_DAYS = 21, 60
QUOTAS = {"DOMESTIC": 18, "FOREIGN": 5}
_ROOM_WIDTH, _ROOM_DEPTH, _CORRIDOR = 400, 500, 200


def floor(level: int, rooms: int) -> dict[str, Any]:
    """A floor with ``rooms`` rooms of 4 × 5 m for four people on both sides of a corridor, in whole centimetres."""
    lower = (rooms + 1) // 2
    width = (lower + 2) * _ROOM_WIDTH
    depth = 2 * _ROOM_DEPTH + _CORRIDOR
    cells = [_cell(level, number, rooms, lower) for number in range(rooms)]
    left, top = lower * _ROOM_WIDTH, _ROOM_DEPTH + _CORRIDOR
    return {
        "level": level,
        "outline_cm": _box(0, 0, width, depth),
        "cells": [
            *cells,
            {"code": f"{level}-C1", "kind": "COMMON", "polygon_cm": _box(0, _ROOM_DEPTH, left, top)},
            {"code": f"{level}-M1", "kind": "MEETING", "polygon_cm": _box(left, 0, width, depth)},
        ],
        "units": [
            {"code": f"{level}{number + 1:02}", "seats": 4, "area_m2": "20.00", "cells": [cell["code"]]}
            for number, cell in enumerate(cells)
        ],
    }


def _cell(level: int, number: int, rooms: int, lower: int) -> dict[str, Any]:
    across, bottom = (number, 0) if number < lower else (number - lower, _ROOM_DEPTH + _CORRIDOR)
    left = across * _ROOM_WIDTH
    return {
        "code": f"{level}-{number + 1:02}",
        "kind": "ROOM",
        "polygon_cm": _box(left, bottom, left + _ROOM_WIDTH, bottom + _ROOM_DEPTH),
    }


def _box(left: int, bottom: int, right: int, top: int) -> list[list[int]]:
    return [[left, bottom], [right, bottom], [right, top], [left, top]]


def load(now: datetime) -> Call:
    """The hubs and the open call; what is there already is left as it is."""
    names = {"name_ko": "서울 블록체인 클러스터", "name_en": "Seoul Blockchain Cluster"}
    cluster, _ = Cluster.objects.get_or_create(code="seoul", defaults=names)
    staff = hire(cluster, now)
    hubs = [_hub(cluster, code, staff, now) for code in HUBS]
    found = Call.objects.filter(code="space-mapo").first()
    return found or _open_call(cluster, hubs[0], staff, now)


def _hub(cluster: Cluster, code: str, staff: Staff, now: datetime) -> Hub:
    known = dict(HUBS[code])
    today = now.astimezone(SEOUL).date()
    # The Center is being built: its floors are drawn, and nobody is let in before the day.
    months = known.pop("opens_months", 0)
    opens = add_months(first_of_month(today), months) if months else today
    floors = [floor(level, rooms) for level, rooms in known.pop("floors").items()]
    building = open_hub(cluster=cluster, code=code, **known)
    if not building.floors.exists():
        services.import_places(building=building, floors=floors, from_date=opens, by=staff.officer, dry_run=False)
    if not months:
        _meeting_rooms(building.hub, staff, now)
    return building.hub


def _meeting_rooms(hub: Hub, staff: Staff, now: datetime) -> None:
    """A small and a large meeting room, with the house's usual rules."""
    if hub.meeting_rooms.exists():
        return
    today = now.astimezone(SEOUL).date()
    services.set_booking_rule(hub=hub, from_date=today, by=staff.officer, now=now, **_RULE)
    for code, name_ko, name_en, seats in _MEETING_ROOMS:
        names = {"name_ko": name_ko, "name_en": name_en}
        services.open_meeting_room(
            hub=hub, by=staff.officer, code=code, seats=seats, needs_approval=seats >= 12, from_date=today, **names
        )


def _open_call(cluster: Cluster, hub: Hub, staff: Staff, now: datetime) -> Call:
    today = now.astimezone(SEOUL).date()
    closes = datetime.combine(next_working_day(today + timedelta(days=OPEN_DAYS)), time(18), SEOUL)
    starts = next_working_day(today + timedelta(days=START_DAYS))
    model = call_data(Round.read(play=1))
    data = model | {
        "code": "space-mapo",
        "prefix": f"MP{today.year}",
        "hubs": [hub.code],
        "opens_at": now,
        "closes_at": closes,
        "title": {
            "ko": f"{today.year}년 {hub.name_ko} 입주기업 모집",
            "en": f"{hub.name_en}: call for resident companies {today.year}",
        },
        "summary": {
            "ko": "블록체인 기술을 보유하거나 활용하는 7년 이내 창업기업에 4인실 입주공간을 드립니다.",
            "en": "Rooms for four people for companies up to seven years old that hold or use blockchain technology.",
        },
        "tracks": [track | {"quota": QUOTAS[track["code"]]} for track in model["tracks"]],
        "policy": model["policy"] | {"start_date": starts.isoformat()},
    }
    call = intake.create_call(cluster=cluster, programme="space", data=data, by=staff.officer, now=now)
    card = card_in_force(staff, cluster, "mapo", starts, rate_won=5000)
    services.set_terms(call=call, hubs=[hub], rate_card=card, start_date=starts, by=staff.officer)
    return intake.publish_call(call=call, by=staff.approver, now=now)
