from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger import log
from portal.accounts.models import Cluster, User
from portal.accounts.services.roles import grant_role
from portal.core.errors import Invalid, NotAllowed
from portal.plan import announcement, queries, services
from portal.plan.models import Plan, PlanVersion, Progress, Target
from tests.plan.conftest import NOW

SEOUL = Path(settings.CLUSTER_PLANS) / "seoul-2018.yaml"


def leaves(table: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'type' FROM ledger_record WHERE subject_table = %s ORDER BY id",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def state(by, **changes):
    asked = {
        "plan": Plan.objects.get(code="incheon-2022"),
        "target_code": "summit",
        "state": "DONE",
        "on_date": date(2020, 1, 5),
        "text_ko": "포럼을 열었습니다.",
        "source_title": "보도자료",
        "now": NOW,
    }
    return services.state_progress(by=by, **{**asked, **changes})


def test_loading_makes_both_cities_and_records_each_plan_once(plans):
    assert sorted(Cluster.objects.values_list("code", "name_en")) == [
        ("incheon", "Incheon Blockchain Hub"),
        ("seoul", "Seoul Blockchain Cluster"),
    ]
    assert Target.objects.filter(version=plans["seoul"]).count() == 11
    assert Target.objects.filter(version=plans["incheon"], target__isnull=True).count() == 8
    assert leaves("plan_planversion") == ["plan.version_published/1"] * 2


def test_loading_again_changes_nothing(plans, capsys):
    call_command("load_plans")
    assert capsys.readouterr().out.splitlines() == ["seoul-2018: unchanged", "incheon-2022: unchanged"]
    assert PlanVersion.objects.count() == 2
    assert leaves("plan_planversion") == ["plan.version_published/1"] * 2


def test_a_changed_file_becomes_a_version_beside_the_old_one(plans):
    content = SEOUL.read_text().replace("target: 760", "target: 800").encode()
    version = services.publish_plan(by=log.SYSTEM, announcement=announcement.read(content))
    experts = Target.objects.filter(code="experts").order_by("version__number").values_list("version__number", "target")
    assert list(experts) == [(1, 760), (2, 800)]
    assert queries.newest_version("seoul") == version


def test_a_plan_code_of_another_city_is_refused_and_nothing_stays(plans):
    content = SEOUL.read_text().replace("code: seoul,", "code: busan,").encode()
    with pytest.raises(Invalid):
        services.publish_plan(by=log.SYSTEM, announcement=announcement.read(content))
    assert not Cluster.objects.filter(code="busan").exists()


def test_the_command_names_the_file_that_it_cannot_read(db, tmp_path):
    (tmp_path / "bad.yaml").write_text(SEOUL.read_text().replace("amount_won: 120000000000", "amount_won: 1.2e11"))
    with pytest.raises(CommandError, match=r"bad\.yaml: total: amount_won is not a whole number"):
        call_command("load_plans", str(tmp_path))
    with pytest.raises(CommandError, match="no plan in"):
        call_command("load_plans", str(tmp_path / "nowhere"))


def test_progress_is_stated_with_its_source_and_recorded(publisher):
    state(publisher)
    later = state(publisher, state="UNDER_WAY", on_date=date(2020, 1, 6))
    assert queries.newest_progress(later.plan) == {"summit": later}
    assert leaves("plan_progress") == ["plan.progress_stated/1"] * 2


def test_only_who_may_publish_there_states_progress(publisher):
    with pytest.raises(NotAllowed):
        state(publisher, plan=Plan.objects.get(code="seoul-2018"), target_code="college")
    with pytest.raises(NotAllowed):
        state(User.objects.create_user("nobody@example.org"))
    assert not Progress.objects.exists()


def test_a_promise_that_is_counted_cannot_be_stated(publisher):
    grant_role(by=log.SYSTEM, user=publisher, role="admin", now=NOW)
    publisher = User.objects.get(pk=publisher.pk)
    with pytest.raises(Invalid) as refusal:
        state(publisher, plan=Plan.objects.get(code="seoul-2018"), target_code="experts")
    assert refusal.value.field == "target"
    with pytest.raises(Invalid):
        state(publisher, target_code="nothing")


def test_progress_as_of_tomorrow_in_seoul_is_refused_but_today_is_not(publisher):
    late_evening = datetime(2020, 1, 6, 15, 30, tzinfo=UTC)  # half past midnight of the 7th in Seoul
    state(publisher, on_date=date(2020, 1, 7), now=late_evening)
    with pytest.raises(Invalid) as refusal:
        state(publisher, on_date=date(2020, 1, 8), now=late_evening)
    assert refusal.value.field == "on_date"
