"""Parents and subsidiaries that a company declares: by its master, with dates, on a page that keeps what was typed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.accounts import queries
from portal.accounts.models import Affiliation
from portal.accounts.services import AFFILIATION_DECLARED, declare_affiliation, end_affiliation
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.models import OutboxMessage
from tests.factories.people import NOW, company, number, person

pytestmark = pytest.mark.django_db
TODAY, BEFORE = NOW.date(), date(2018, 3, 2)


def declare(firm, by, **changes):
    asked = {"kind": "SUBSIDIARY", "business_number": number(), "name": "새싹", "since": BEFORE, "now": NOW}
    return declare_affiliation(organisation=firm, by=by, **(asked | changes))


def test_both_sides_know_of_a_relation_while_it_lasts():
    master, other_master = person(), person()
    firm, other = company(master), company(other_master)
    row = declare(firm, master, business_number=other.business_number)
    known = queries.affiliates_of_all([firm, other], TODAY)
    assert known == {firm.pk: [other.business_number], other.pk: [firm.business_number]}
    assert queries.affiliates_of_all([firm], BEFORE - timedelta(days=1)) == {firm.pk: []}
    end_affiliation(affiliation=row, until=date(2019, 1, 31), by=master, now=NOW)
    assert queries.affiliates_of_all([firm], date(2019, 1, 31)) == {firm.pk: [other.business_number]}
    assert queries.affiliates_of_all([firm], date(2019, 2, 1)) == {firm.pk: []}
    assert OutboxMessage.objects.get(topic=AFFILIATION_DECLARED).payload == {"organisation": firm.pk}


def test_only_the_master_declares():
    master, member = person(), person()
    firm = company(master, member)
    for wrong in (member, person()):
        with pytest.raises(NotAllowed):
            declare(firm, wrong)
    row = declare(firm, master)
    with pytest.raises(NotAllowed):
        end_affiliation(affiliation=row, until=TODAY, by=person(), now=NOW)


def test_what_is_wrong_is_said_at_its_field():
    master = person()
    firm = company(master)
    first = declare(firm, master)
    for field, changes in (
        ("business_number", {"business_number": "123"}),
        ("business_number", {"business_number": firm.business_number}),
        ("business_number", {"business_number": first.business_number}),
        ("since_date", {"since": TODAY + timedelta(days=2)}),
    ):
        with pytest.raises(Invalid) as refused:
            declare(firm, master, **changes)
        assert refused.value.field == field
    for until in (BEFORE - timedelta(days=1), TODAY + timedelta(days=2)):
        with pytest.raises(Invalid):
            end_affiliation(affiliation=first, until=until, by=master, now=NOW)
    end_affiliation(affiliation=first, until=TODAY, by=master, now=NOW)
    with pytest.raises(Overtaken):
        end_affiliation(affiliation=first, until=TODAY, by=master, now=NOW)
    assert declare(firm, master, business_number=first.business_number).until_date is None


@pytest.mark.parametrize(
    "changes", [{"business_number": "12"}, {"kind": "FRIEND"}, {"until_date": BEFORE - timedelta(days=1)}]
)
def test_the_table_refuses_what_makes_no_sense(changes):
    master = person()
    row = declare(company(master), master)
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.filter(pk=row.pk).update(**changes)


def test_the_table_holds_one_live_row_for_each_company():
    master = person()
    row = declare(company(master), master)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_page_declares_keeps_what_was_typed_and_ends(client):
    master, member = person(), person()
    firm = company(master, member)
    client.force_login(master)
    address = reverse("accounts:affiliations", args=[firm.public_id])
    typed = {"kind": "PARENT", "name": "큰회사", "business_number": "12", "since_date": "2018-03-02"}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert "큰회사" in refused.content.decode()
    assert client.post(address, typed | {"business_number": number()}).status_code == 302
    row = Affiliation.objects.get()
    assert "큰회사" in client.get(address).content.decode()
    ending = reverse("accounts:end_affiliation", args=[row.pk])
    assert client.post(ending, {"until_date": "2017-01-01"}).status_code == 422
    assert client.post(ending, {"until_date": "2018-12-31"}).status_code == 302
    assert client.get(ending).status_code == 404
    client.force_login(member)
    assert "대표 계정이 신고합니다" in client.get(address).content.decode()
    assert client.post(address, typed | {"business_number": number()}).status_code == 422
    client.force_login(person())
    assert client.get(address).status_code == 404
