"""Applicants rate a panel without a trace of who said what; who has a page open is shown to the others."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.core.errors import Invalid, NotAllowed
from portal.intake import queries, services
from portal.intake.models import RatingCount, RatingTicket
from portal.intake.queries.presence import GONE
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import OPENS, REVIEW

pytestmark = pytest.mark.django_db


def rounded(companies):
    one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)])
    trial = factory.open_round(stages=[one])
    files = [trial.apply() for _ in range(companies)]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    trial.score(stage, {str(file): 20 for file in files})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    return trial, stage, files


def answers(points):
    return {"FAIR": points, "EXPERT": 3, "CLEAR": 5}


def test_only_counts_are_kept_and_nothing_shows_below_five(at):
    trial, stage, files = rounded(5)
    rate = {"stage": stage, "points": answers(4)}
    with pytest.raises(NotAllowed):
        services.rate_panel(application=files[0], by=trial.masters[0], **rate)
    trial.tell(services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW))
    with pytest.raises(NotAllowed):
        services.rate_panel(application=files[0], by=trial.masters[1], **rate)
    for wrong in ({}, answers(6), answers(0), answers(True)):
        with pytest.raises(Invalid):
            services.rate_panel(application=files[0], by=trial.masters[0], stage=stage, points=wrong)
    for file, master, points in zip(files, trial.masters, (5, 4, 4, 3), strict=False):
        services.rate_panel(application=file, by=master, stage=stage, points=answers(points))
    with pytest.raises(NotAllowed):
        services.rate_panel(application=files[0], by=trial.masters[0], **rate)
    assert queries.ratings_of(stage) is None
    board = reverse("intake:keeping", args=[trial.call.code])
    assert "다섯 곳 이상이" in at(trial.officer).get(board).content.decode()
    last = at(trial.masters[4])
    url = reverse("intake:rate", args=[files[4].public_id, 1])
    assert url in last.get(reverse("intake:application", args=[files[4].public_id])).content.decode()
    assert last.post(url, {"FAIR": "2"}).status_code == 422
    assert last.post(url, answers(2)).status_code == 302
    assert queries.ratings_of(stage) == {"CLEAR": Fraction(5), "EXPERT": Fraction(3), "FAIR": Fraction(18, 5)}
    assert "3.6" in at(trial.officer).get(board).content.decode()
    assert {field.name for field in RatingCount._meta.get_fields()} == {"id", "stage", "question", "points", "times"}
    assert {field.name for field in RatingTicket._meta.get_fields()} == {"id", "stage", "application"}
    with pytest.raises(DatabaseError), transaction.atomic():
        RatingTicket.objects.create(stage=stage, application=files[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        RatingCount.objects.create(stage=stage, question="FAIR", points=6)


def test_members_see_who_else_has_the_page_open(at):
    trial = factory.open_round()
    application = trial.draft()
    master, colleague = trial.masters[-1], people.person("박동료")
    people.Membership.objects.create(
        organisation=application.organisation, user=colleague, kind="MEMBER", since_at=people.NOW
    )
    url = reverse("intake:page", args=[application.public_id, "plan"])
    assert "님도 이 쪽을" not in at(colleague).get(url).content.decode()
    assert "박동료 님도 이 쪽을" in at(master).get(url).content.decode()
    assert (
        "박동료" not in at(master).get(reverse("intake:page", args=[application.public_id, "company"])).content.decode()
    )
    services.be_on_page(application=application, section="plan", by=colleague, now=OPENS)
    assert queries.others_on_page(application, "plan", master, OPENS + GONE - timedelta(seconds=1)) == ["박동료"]
    assert queries.others_on_page(application, "plan", master, OPENS + GONE) == []
    with pytest.raises(NotAllowed):
        services.be_on_page(application=application, section="plan", by=people.person(), now=OPENS)
