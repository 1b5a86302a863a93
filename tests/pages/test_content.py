"""Pages with more than text: hubs, questions, news; and what machines read of them."""

import json
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from wagtail.models import Locale

from portal.pages import elevation, hubs
from portal.pages.models import NewsIndexPage, NewsPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]


def read(client, address):
    html = client.get(address).content.decode()
    (found,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', html)
    return json.loads(found), html


def written(language="ko", **fields):
    """A piece of news, published."""
    above = NewsIndexPage.objects.get(locale__language_code=language)
    given = {"title": "소식", "slug": "one", "lead": "요약", "body": "<p>본문</p>", "published_date": date(2030, 1, 2)}
    locale = Locale.objects.get(language_code=language)
    return above.add_child(instance=NewsPage(locale=locale, **{**given, **fields}))


def test_questions_are_read_by_machines(client):
    data, html = read(client, "/ko/faq/")
    assert (data["@type"], len(data["mainEntity"])) == ("FAQPage", 6)
    assert data["mainEntity"][0]["name"] in html
    assert "<" not in data["mainEntity"][0]["acceptedAnswer"]["text"]


def test_news_say_when_and_a_title_cannot_leave_the_script(client):
    page = written(title="</script><script>alert(1)</script>")
    data, html = read(client, page.url)
    assert (data["@type"], data["datePublished"], data["headline"]) == ("NewsArticle", "2030-01-02", page.title)
    assert "<script>alert" not in html


def test_a_page_tells_what_it_is_when_it_is_shared(client):
    html = client.get("/en/guides/apply/").content.decode()
    for tag in (
        '<link rel="canonical" href="http://testserver/en/guides/apply/">',
        '<link rel="alternate" hreflang="ko" href="http://testserver/ko/guides/apply/">',
        '<meta property="og:title" content="How to apply">',
        '<meta property="og:description" content="Four steps from signing up to the receipt.">',
        '<meta property="og:locale" content="en_US">',
    ):
        assert tag in html, tag


@pytest.mark.parametrize(("form", "item"), [("rss", "channel/item"), ("atom", "{*}entry")])
def test_the_feed_has_the_news_of_its_language(client, form, item):
    written()
    written("en", title="News of today")
    feed = ET.fromstring(client.get(f"/en/news/{form}.xml").content)
    titles = [found.findtext("{*}title") for found in feed.findall(item)]
    assert titles[0] == "News of today"
    assert len(titles) == 3


def test_the_newest_news_come_first_page_by_page(client):
    for number in range(10):
        written(title=f"소식 {number}", slug=f"n{number}", published_date=date(2030, 1, number + 1))
    first, second = (client.get(f"/ko/news/?page={page}").content.decode() for page in (1, 2))
    assert first.index("소식 9") < first.index("소식 8")
    assert "마당을 엽니다" not in first
    assert "마당을 엽니다" in second


def test_the_map_has_pages_and_rooms_in_both_languages_and_no_draft(client):
    written(slug="draft", live=False)
    found = client.get("/sitemap.xml").content.decode()
    for address in ("/ko/guides/apply/", "/en/guides/apply/", "/ko/calls/", "/en/calls/"):
        assert f"<loc>http://testserver{address}</loc>" in found, address
    assert "draft" not in found
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_the_map_asks_as_often_for_many_pages_as_for_few(client, django_assert_max_num_queries):
    for number in range(5):
        written(slug=f"n{number}")
    client.get("/sitemap.xml")
    with django_assert_max_num_queries(4):
        client.get("/sitemap.xml")


def test_a_hub_without_rooms_says_so(client):
    data, html = read(client, "/ko/hubs/mapo/")
    assert (data["@type"], data["name"]) == ("Place", "마포 거점")
    assert "아직 문을 연 공간이 없습니다." in html
    assert '<svg class="elevation' not in html


def test_a_hub_draws_its_rooms_and_says_them_in_a_table(client, monkeypatch):
    found = elevation.drawn([("2층", [True, False, False]), ("1층", [True])])
    monkeypatch.setattr(hubs.elevation, "of_hub", lambda hub, on: found)
    monkeypatch.setattr(hubs.queries, "hubs", lambda: Found())
    html = client.get("/ko/hubs/mapo/").content.decode()
    assert html.count("elevation__room--free") == 2
    assert elevation.table(found).rows == [["2층", 3, 1], ["1층", 1, 1]]


class Found:
    """Hubs among which the one that is asked for stands."""

    address, code = "서울 마포구", "mapo"

    def filter(self, **_asked):
        return self

    def first(self):
        return self


def test_a_large_floor_takes_more_lines_and_nothing_overlaps():
    found = elevation.drawn([("1층", [False] * 30), ("B1층", [True] * 2)])
    corners = [(square.x, square.y) for storey in found.storeys for square in storey.squares]
    assert len(set(corners)) == 32
    assert found.storeys[0].height == elevation.STOREY + 2 * (elevation.SIDE + elevation.GAP)
    assert found.storeys[1].y == found.storeys[0].height
    assert max(x for x, _y in corners) + elevation.SIDE < found.width
