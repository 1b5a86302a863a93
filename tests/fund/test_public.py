"""The public page: every figure opens to its definition, nothing of few companies is told, and it says when there is none."""

import csv
import json
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from html import unescape
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from fund import charts, public
from fund.figures import FIGURES, GROUPS
from fund.queries.flows import NET_ASSETS
from tests.factories import people
from tests.factories.fund import valued
from tests.fund.test_snapshots import made, published  # noqa: F401  (a fixture)
from tests.house.test_access import browser_of

counts = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")), st.integers(1, 8), min_size=1, max_size=9
)


def cells(companies):
    return {"write_downs": [[row, column, number, number * 100] for (row, column), number in sorted(companies.items())]}


@given(counts)
def test_the_public_never_reads_a_cell_of_few_companies_nor_one_that_the_total_gives_away(companies):
    rows = public.write_downs(cells(companies), public.PUBLIC)
    hidden = [companies[row, column] for row, column, number, _amount in rows if number is None]
    assert all(number is None or number >= 3 for *_cell, number, _amount in rows)
    if hidden and len(hidden) < len(rows):
        assert len(hidden) >= 2
        assert sum(hidden) >= 3


@given(counts)
def test_the_city_reads_all(companies):
    assert all(row[2] is not None for row in public.write_downs(cells(companies), public.CITY))


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12))
def test_bars_and_bridge_stay_within_the_picture(amounts):
    drawn = charts.chart([[("in", amount)] for amount in amounts], [("value", amounts)])
    steps = [("x", amount) for amount in amounts]
    for picture in (drawn, charts.bridge([*steps, ("nav", sum(amounts))])):
        for bar in picture.bars:
            assert bar.height >= 0
            assert bar.x >= 0
            assert bar.x + bar.width <= picture.width + 1
            assert bar.y >= 0
            assert bar.y + bar.height <= picture.height + 2


@pytest.mark.django_db
class TestPages:
    def test_it_says_so_while_nothing_is_published(self, client):
        answer = client.get(reverse("fund:public"))
        assert "아직 공개한 실적이 없습니다" in answer.content.decode()
        for address in (reverse("fund:figure", args=["nav"]), reverse("fund:data", args=["json"])):
            assert client.get(address).status_code == 404

    def test_every_figure_opens_to_its_definition_source_and_dates(self, client, made):  # noqa: F811
        row = published(made)
        page = client.get(reverse("fund:public")).content.decode()
        for code, one in FIGURES.items():
            assert reverse("fund:figure", args=[code]) in page
            opened = client.get(reverse("fund:figure", args=[code])).content.decode()
            assert str(one.meaning) in opened
            assert row.digest in opened
        assert "530,000,000" in page
        assert "체인기업" not in page
        assert page.count('role="img"') == 4
        assert client.get(reverse("fund:figure", args=["secret"])).status_code == 404

    def test_who_reads_the_books_finds_the_entries_below(self, made):  # noqa: F811
        published(made)
        opened = browser_of(made.manager).get(reverse("fund:figure", args=["nav"])).content.decode()
        assert reverse("fund:sub_fund", args=[made.sub_fund.public_id]) in opened

    def test_the_data_hold_the_same_and_nothing_more(self, client, made):  # noqa: F811
        row = published(made)
        told = client.get(reverse("fund:data", args=["json"])).json()
        assert (told["figures"]["nav"], told["digest"]) == (530_000_000, row.digest)
        assert told["sectors"] == [["블록체인", None, None, None]]
        assert not {"runs", "sub_funds"} & set(told)
        lines = list(csv.reader(StringIO(client.get(reverse("fund:data", args=["csv"])).content.decode("utf-8-sig"))))
        assert len(lines) == len(FIGURES) + 1
        assert client.get(reverse("fund:data", args=["xml"])).status_code == 404

    def test_a_correction_shows_the_old_beside_the_new(self, client, made):  # noqa: F811
        from datetime import UTC, date, datetime

        from tests.factories.fund import valued

        published(made)
        valued(made, made.holding, 150_000_000, on=date(2019, 6, 28), now=datetime(2019, 7, 20, 1, tzinfo=UTC))
        published(made, now=datetime(2019, 7, 22, 1, tzinfo=UTC))
        page = client.get(reverse("fund:public")).content.decode()
        assert "530,000,000" in page
        assert "550,000,000" in page

    def test_the_page_is_few_queries(self, client, made, django_assert_max_num_queries):  # noqa: F811
        published(made)
        with django_assert_max_num_queries(12):
            client.get(reverse("fund:public"))

    def test_the_desk_builds_sees_and_publishes_by_two_persons(self, made):  # noqa: F811
        manager, approver = browser_of(made.manager), browser_of(made.approver)
        asked = {"programme": made.programme.pk, "kind": "QUARTER", "on": "2019-06-29"}
        assert manager.post(reverse("fund:snapshots"), asked).status_code == 422
        made_page = manager.post(reverse("fund:snapshots"), {**asked, "on": "2019-06-30"}, follow=True)
        address = made_page.redirect_chain[-1][0]
        assert "확인했음을 남기기" not in manager.get(address).content.decode()
        for step in ("see", "publish"):
            assert approver.post(f"{address}{step}/").status_code == 302
        assert approver.post(f"{address}burn/").status_code == 404
        assert "530,000,000" in approver.get(address).content.decode()
        assert address in approver.get(reverse("fund:snapshots")).content.decode()


def test_an_auditor_derives_a_published_figure_from_the_entries(db, made):  # noqa: F811
    """TVPI from nothing but the postings of the sub-fund's book up to both dates."""
    from fund.models import Posting

    row = published(made)
    rows = Posting.objects.filter(
        book__sub_fund=made.sub_fund, effective_date__lte=row.as_of_date, recorded_at__lte=row.known_at
    ).values_list("account", "entry__kind", "amount")
    paid = -sum(amount for account, kind, amount in rows if (account, kind) == (1200, "RECEIPT"))
    nav = sum(amount for account, _kind, amount in rows if account in (1100, 1300, 1390, 1400, 2100, 2200, 2900, 3400))
    assert Fraction(json.loads(row.body)["figures"]["tvpi"]) == Fraction(nav, paid)


def test_no_two_figures_share_a_code():
    assert len(FIGURES) == sum(len(group.figures) for group in GROUPS)


@pytest.mark.django_db
def test_an_auditor_counts_a_published_figure_again_from_the_entries_it_leads_to(made):  # noqa: F811
    """What was posted later on the same day, in Seoul another one than in UTC, is not among them."""
    row = published(made, now=datetime(2019, 7, 14, 23, 30, tzinfo=UTC))
    valued(made, made.holding, 150_000_000, on=date(2019, 6, 28), now=datetime(2019, 7, 15, 2, tzinfo=UTC))
    auditor = browser_of(people.with_role("auditor", cluster=made.programme.cluster))
    opened = auditor.get(reverse("fund:figure", args=["nav"])).content.decode()
    assert "530,000,000원" in opened
    assert row.digest in opened
    [journal] = re.findall(r'href="([^"]+show=journal[^"]+)"', opened)
    lines = _postings_on(auditor.get(unescape(journal)).content.decode())
    assert sum(amount for account, amount in lines if account in NET_ASSETS) == 530_000_000
    today = _postings_on(auditor.get(journal.split("?")[0], {"show": "journal"}).content.decode())
    assert sum(amount for account, amount in today if account in NET_ASSETS) == 550_000_000


def _postings_on(page):
    """Account and amount of each line of the journal, debit positive, as a person reads them off the page."""
    rows = [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    ]
    told = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in rows]
    return [(int(row[2][:4]), _won(row[4]) - _won(row[5])) for row in told if len(row) == 6 and row[2][:4].isdigit()]


def _won(text):
    return int(re.sub(r"\D", "", text) or 0)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_citizen_opens_a_number_down_to_its_definition(made, client, language):  # noqa: F811
    row = published(made)
    with translation.override(language):
        start = reverse("fund:public")
    page = client.get(start, headers={"accept-language": language}).content.decode()
    for one in FIGURES.values():
        address = next(href for href in re.findall(r'href="([^"]+)"', page) if href.endswith(f"/figures/{one.code}/"))
        opened = client.get(address, headers={"accept-language": language}).content.decode()
        with translation.override(language):
            for told in (one.label, one.meaning, one.source, row.digest):
                assert escape(str(told)) in opened
        assert "show=journal" not in opened
