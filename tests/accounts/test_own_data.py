"""Consents, the export of one's own data, the wish to be deleted."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from ledger import log, openings
from ledger.models import Opening, SubjectKey
from portal.accounts import queries
from portal.accounts.consents import TEXTS
from portal.accounts.export import archive
from portal.accounts.models import Consent, RoleAssignment
from portal.accounts.personal import Holding, all_holdings, keys_of, register
from portal.accounts.services import (
    delete_person,
    give_consent,
    invite,
    place_hold,
    request_deletion,
    revoke_role,
    withdraw_consent,
)
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake.models import Evaluator
from tests.factories.people import NOW, cluster, company, leaves, person, with_role

pytestmark = pytest.mark.django_db


def opened(user):
    packed = zipfile.ZipFile(io.BytesIO(archive(user=user, now=NOW)))
    return {name: json.loads(packed.read(name)) for name in packed.namelist()}


def full_life(name, email):
    """A person with something in every holding, and the company they lead."""
    user = person(name, email=email)
    organisation = company(user, name=f"{name}의 기업")
    other = person(f"{name}를 초대한 사람")
    invite(by=other, organisation=company(other, name=f"{name}를 부른 기업"), email=email, now=NOW)
    give_consent(by=user, purpose="news", now=NOW)
    with_role("space.evaluator", user=user)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return user, organisation


def test_the_export_holds_all_of_ones_own():
    user, _organisation = full_life("가온", "gaon@example.com")
    files = opened(user)
    assert files["profile.json"][0]["email"] == "gaon@example.com"
    assert [row["organisation"] for row in files["memberships.json"]] == ["가온의 기업"]
    assert [row["organisation"] for row in files["invitations.json"]] == ["가온를 부른 기업"]
    assert [row["purpose"] for row in files["consents.json"]] == ["news"]
    assert [row["role"] for row in files["roles.json"]] == ["space.evaluator"]
    assert [row["type"] for row in files["authenticators.json"]] == ["totp"]
    assert [row["email"] for row in files["addresses.json"]] == ["gaon@example.com"]


def test_the_export_holds_nothing_of_others():
    user, _one = full_life("가온", "gaon@example.com")
    full_life("나래", "nare@example.com")
    text = json.dumps(opened(user), ensure_ascii=False)
    assert "나래" not in text
    assert "nare@example.com" not in text


def test_the_export_holds_no_secret():
    user, _organisation = full_life("가온", "gaon@example.com")
    text = json.dumps(opened(user), ensure_ascii=False)
    assert "JBSWY3DPEHPK3PXP" not in text
    assert "secret" not in text
    assert user.password not in text


def test_the_manifest_counts_what_is_there():
    user, _organisation = full_life("가온", "gaon@example.com")
    files = opened(user)
    counted = {entry["file"]: entry["rows"] for entry in files["manifest.json"]["files"]}
    assert counted == {name: len(rows) for name, rows in files.items() if name != "manifest.json"}
    assert len(counted) == len(all_holdings())


def test_the_download_is_the_persons_own(client, signed_in):
    user = signed_in()
    assert client.get(reverse("accounts:export")).status_code == 405
    answer = client.post(reverse("accounts:export"))
    assert answer["Content-Type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert json.loads(packed.read("profile.json"))[0]["id"] == str(user.public_id)


def test_two_holdings_of_one_name_fail_at_start():
    with pytest.raises(ValueError, match="profile"):
        register(Holding("profile", "x", lambda user: [], stays="always"))


def test_a_consent_is_a_line_of_the_ledger_and_given_once():
    user = person()
    first = give_consent(by=user, purpose="news", now=NOW)
    assert give_consent(by=user, purpose="news", now=NOW) == first
    [leaf] = leaves(first)
    assert (leaf["type"], leaf["data"]) == ("privacy.consent_given/1", {"purpose": "news", "version": 1})
    withdraw_consent(by=user, purpose="news", now=NOW + timedelta(days=1))
    assert [leaf["type"] for leaf in leaves(first)] == ["privacy.consent_given/1", "privacy.consent_withdrawn/1"]
    assert not queries.has_consented(user, "news")


def test_a_new_text_asks_for_a_new_consent(monkeypatch):
    user = person()
    give_consent(by=user, purpose="news", now=NOW)
    old = TEXTS["news"]
    newer = type(old)(old.purpose, 2, old.required, old.label, old.text)
    monkeypatch.setitem(TEXTS, "news", newer)
    give_consent(by=user, purpose="news", now=NOW + timedelta(days=1))
    rows = Consent.objects.filter(user=user).order_by("version")
    assert [(row.version, row.withdrawn_at is None) for row in rows] == [(1, False), (2, True)]


def test_a_required_consent_cannot_be_withdrawn_nor_an_unknown_one_given():
    user = person()
    give_consent(by=user, purpose="privacy", now=NOW)
    with pytest.raises(NotAllowed):
        withdraw_consent(by=user, purpose="privacy", now=NOW)
    with pytest.raises(Invalid):
        give_consent(by=user, purpose="soul", now=NOW)


def test_deletion_is_asked_for_once():
    user = person()
    request_deletion(by=user, now=NOW)
    with pytest.raises(Overtaken):
        request_deletion(by=user, now=NOW)


def test_who_holds_a_role_or_leads_others_cannot_ask_for_deletion():
    with pytest.raises(NotAllowed, match="역할"):
        request_deletion(by=with_role("auditor"), now=NOW)
    master = person()
    company(master, person())
    with pytest.raises(NotAllowed, match="대표 계정"):
        request_deletion(by=master, now=NOW)


def test_who_leads_only_themselves_may():
    alone = person()
    company(alone)
    request_deletion(by=alone, now=NOW)
    assert alone.deletion_requested_at == NOW


def test_the_page_says_what_goes_and_what_stays(client, signed_in):
    signed_in()
    page = client.get(reverse("accounts:data"))
    for holding in all_holdings():
        assert str(holding.title) in page.text
        if holding.stays:
            assert str(holding.stays) in page.text


def test_an_administrator_carries_the_request_out_and_nobody_can_tell_who_it_was():
    user, organisation = full_life("가온", "gaon@example.com")
    revoke_role(by=log.SYSTEM, assignment=RoleAssignment.objects.get(user=user), now=NOW)
    request_deletion(by=user, now=NOW)
    consent, membership = user.consents.get(), user.memberships.get()
    delete_person(by=with_role("admin"), user=user, now=NOW + timedelta(days=3))
    user.refresh_from_db()
    assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
    assert user.email == f"{user.public_id}@deleted.invalid"
    assert not queries.members_of(organisation).exists()
    files = opened(user)
    for name in ("addresses", "authenticators", "sign_ins", "invitations", "notices"):
        assert files[f"{name}.json"] == []
    assert [leaf["type"] for leaf in leaves(membership)] == ["account.member_ended/1"]
    assert leaves(consent)[-1]["type"] == "privacy.consent_withdrawn/1"
    assert not Opening.objects.filter(key_id=openings.key_id(f"user:{user.public_id}")).exists()


def test_what_others_hold_stays_as_it_was():
    user, _mine = full_life("가온", "gaon@example.com")
    other, company_of_other = full_life("나래", "nare@example.com")
    before = opened(other)
    revoke_role(by=log.SYSTEM, assignment=RoleAssignment.objects.get(user=user), now=NOW)
    request_deletion(by=user, now=NOW)
    delete_person(by=with_role("admin"), user=user, now=NOW)
    assert opened(other) == before
    assert queries.master_of(company_of_other) == other


def test_nobody_is_deleted_who_did_not_ask_nor_by_others():
    user = person()
    with pytest.raises(NotAllowed):
        delete_person(by=with_role("admin"), user=user, now=NOW)
    request_deletion(by=user, now=NOW)
    with pytest.raises(NotAllowed):
        delete_person(by=with_role("space.officer"), user=user, now=NOW)
    assert user.is_active


def test_a_holding_is_deleted_or_says_why_not():
    with pytest.raises(ValueError, match="reason"):
        Holding("x", "x", lambda user: [])
    for holding in all_holdings():
        assert bool(holding.delete) != bool(holding.stays)


def test_requests_are_carried_out_on_their_page(client, signed_in):
    asked = person("떠나는 이")
    request_deletion(by=asked, now=NOW)
    admin = signed_in(with_role("admin"))
    session = client.session
    session["second_factor_confirmed"] = admin.pk
    session.save()
    assert "떠나는 이" in client.get(reverse("accounts:deletions")).text
    client.post(reverse("accounts:delete_person", args=[asked.public_id]))
    asked.refresh_from_db()
    assert asked.is_active is False
    assert client.post(reverse("accounts:delete_person", args=[asked.public_id])).status_code == 404
    signed_in()
    assert client.get(reverse("accounts:deletions")).status_code == 403


def test_under_a_legal_hold_nobody_is_deleted_until_it_is_lifted(client, signed_in):
    asked = person("떠나는 이")
    request_deletion(by=asked, now=NOW)
    admin = signed_in(with_role("admin"))
    session = client.session
    session["second_factor_confirmed"] = admin.pk
    session.save()
    page = reverse("accounts:holds")
    placed = {"email": asked.email, "basis": "suit", "reason": "2026가합1234"}
    assert client.post(page, placed | {"basis": "whim"}).status_code == 422
    assert client.post(page, placed | {"email": "nobody@example.com"}).status_code == 422
    assert client.post(page, placed).status_code == 302
    assert "2026가합1234" in client.get(page).text
    assert "보존 명령 때문에" in client.get(reverse("accounts:deletions")).text
    answer = client.post(reverse("accounts:delete_person", args=[asked.public_id]), follow=True)
    assert "보존 명령(소송" in answer.text
    with pytest.raises(NotAllowed, match="소송"):
        delete_person(by=admin, user=asked, now=NOW)
    [hold] = log.standing_holds()
    for _ in range(2):  # the second finds nothing to lift, and says so
        client.post(reverse("accounts:lift_hold", args=[hold.id]), {"reason": "확정"}, follow=True)
    delete_person(by=admin, user=asked, now=NOW)
    with pytest.raises(NotAllowed, match="삭제된"):
        place_hold(by=admin, user=asked, basis="suit", reason="")


def test_only_administrators_hold():
    with pytest.raises(NotAllowed):
        place_hold(by=with_role("space.officer"), user=person(), basis="suit", reason="")
    with pytest.raises(Invalid):
        place_hold(by=with_role("admin"), user=person(), basis="whim", reason="")


def test_the_erasure_says_what_went_and_what_stayed_and_takes_the_evaluators_keys_along():
    user = person()
    entry = Evaluator.objects.create(user=user, cluster=cluster())
    row = SubjectKey(id=openings.key_id(f"evaluator:{entry.pk}"))
    log.append("privacy.consent_given", row=row, by=log.SYSTEM, data={"purpose": "news", "version": 1}, private={"reason": "x"})  # fmt: skip
    assert f"evaluator:{entry.pk}" in keys_of(user)
    request_deletion(by=user, now=NOW)
    delete_person(by=with_role("admin"), user=user, now=NOW)
    [told] = leaves(user)
    assert told["type"] == "privacy.retention_executed/1"
    assert set(told["data"]["deleted"]) | set(told["data"]["kept"]) == {holding.code for holding in all_holdings()}
    assert [opening["path"] for opening in log.open_leaf(UUID(told["id"]))] == ["actor.c"]
