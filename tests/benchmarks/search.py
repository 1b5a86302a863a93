"""Search over mixed Korean and English titles: half words, two syllables, first consonants; growth from 10⁴ to 2·10⁵."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.db import connection
from django.test import Client

from portal.core.clock import database_now
from portal.search import queries, registry, services
from portal.search.models import Found
from portal.search.registry import Entry, Source
from tests.benchmarks.report import Report, timed

#: What a refresh is measured over.
SHOWN = 5_000
SIZES = (10_000, 100_000, 200_000)
KINDS = ("calls", "runs", "events", "tours", "companies", "fund", "pages")
SYLLABLES = "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후경신한청동서남북인천"
COMMON = [
    "창업",
    "입주기업",
    "모집",
    "공고",
    "교육",
    "과정",
    "지원",
    "서울",
    "허브",
    "행사",
    "투어",
    "바이오",
    "핀테크",
    "인공지능",
    "청년",
]
ENGLISH = [
    "startup",
    "hub",
    "call",
    "course",
    "event",
    "tour",
    "bio",
    "fintech",
    "AI",
    "fund",
    "Seoul",
    "growth",
    "residency",
]
#: What people type: half words, two syllables, several words, first consonants, rare, common, and in vain.
ASKED = {
    "two syllables": ["창업", "투어", "청년", "허브"],
    "half typed": ["창어", "핀테ㅋ", "인공ㅈ", "바이"],
    "one syllable": ["창", "핀"],
    "several words": ["서울 창업 모집", "청년 fintech", "바이오 허브 공고"],
    "first consonants": ["ㅊㅇ", "ㅍㅌㅋ", "ㅇㄱㅈㄴ"],
    "English": ["start", "AI", "fintech growth", "resi"],
    "rare": ["나경도 루한", "구주토신", "호남북우"],
    "in vain": ["뷁쉟", "zzyzx", "없는말이다"],
}


def run(report: Report) -> None:
    """Print p50 and p95 of the index and of the whole page, at each size."""
    _rooms()
    filled = 0
    p95: dict[int, float] = {}
    for size in SIZES:
        _fill(filled, size)
        filled = size
        p95[size] = _measure(report, size)
    _page(report, SIZES[-1])
    _refresh(report)
    report.row("p95 at 200,000 over p95 at 10,000", p95[SIZES[-1]] / p95[SIZES[0]], "×")


def _entries(first: int, last: int) -> Iterator[Entry]:
    chance, start = random.Random(first), date(2019, 1, 1)
    for number in range(first, last):
        made = "".join(chance.choices(SYLLABLES, k=4))
        korean = " ".join([*chance.sample(COMMON, 3), f"{made[:2]}{made[2:]}", str(number)])
        english = " ".join([*chance.sample(ENGLISH, 3), str(number)])
        on = start + timedelta(days=chance.randrange(2800))
        text = " ".join(chance.choices(COMMON, k=8))
        yield Entry(str(number), korean, english, f"/ko/{number}/", on, text, "")


def _fill(first: int, last: int) -> None:
    rows = [services.row_of(KINDS[int(entry.key) % len(KINDS)], entry) for entry in _entries(first, last)]
    Found.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE search_found")


def _measure(report: Report, size: int) -> float:
    every: list[float] = []
    for kind, texts in ASKED.items():
        asked = [queries.asked(text) for text in texts]
        found = sum(len(queries.search(one).rows) for one in asked)
        timing = timed(len(asked) * 10, lambda at, asked=asked: queries.search(asked[at % len(asked)]))
        every += timing.seconds
        report.row(
            f"{size:,} titles: {kind}, p95", timing.ms(95), "ms", note=f"p50 {timing.ms(50):.1f} ms, {found:,} found"
        )
    every.sort()
    p95 = 1000 * every[int(len(every) * 0.95)]
    report.row(f"{size:,} titles: all of them, p95", p95, "ms", aim="< 50")
    return p95


def _page(report: Report, size: int) -> None:
    """The whole page, with the rooms asked again for what it shows."""
    client, texts = Client(HTTP_HOST="127.0.0.1"), [text for texts in ASKED.values() for text in texts]
    client.get("/ko/search/")
    timing = timed(len(texts) * 3, lambda at: client.get("/ko/search/", {"q": texts[at % len(texts)]}))
    report.row(f"{size:,} titles: the page, p95", timing.ms(95), "ms", note=f"{timing.cpu_ms:.0f} ms of processor here")


def _rooms() -> None:
    """Rooms that show what was made here, in place of the real ones."""
    registry._sources.clear()
    for code in KINDS:
        registry.register(Source(code, code, _shown))


def _shown(now: datetime, keys: Collection[str] | None) -> list[Entry]:
    return [next(_entries(int(key), int(key) + 1)) for key in keys or ()]


def _refresh(report: Report) -> None:
    """A refresh in which nothing changed, over the thousands that a city has."""
    Found.objects.all().delete()
    entries = list(_entries(0, SHOWN))
    registry._sources.clear()
    registry.register(Source("calls", "calls", lambda now, keys: entries))
    services.refresh(now=database_now())
    timing = timed(3, lambda _: services.refresh(now=database_now()))
    report.row(
        f"a refresh over {SHOWN:,} things, nothing new",
        timing.ms(50),
        "ms",
        note=f"{timing.cpu_ms:.0f} ms of processor",
    )
