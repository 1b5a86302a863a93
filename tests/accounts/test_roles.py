"""Roles: who may do what, generated from the code; giving and taking them; what the database holds."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import log
from portal.accounts import queries, rules
from portal.accounts.enums import ScopeKind
from portal.accounts.models import RoleAssignment
from portal.accounts.roles import ACTIONS, ROLES, roles_for
from portal.accounts.services import grant_role, revoke_role
from portal.core.errors import Invalid, NotAllowed, Overtaken
from tests.factories.people import NOW, cluster, leaves, person, with_role


@pytest.mark.parametrize("code", sorted(ROLES))
def test_a_role_allows_its_actions_and_no_others(db, code):
    user = with_role(code)
    allowed = {action for action in ACTIONS if rules.may(user, action)}
    assert allowed == ROLES[code].actions
    assert {rules.check_may(user, action) for action in allowed} == {code}


def test_without_a_role_nothing_is_allowed(db):
    user = person()
    assert [action for action in ACTIONS if rules.may(user, action)] == []
    with pytest.raises(NotAllowed):
        rules.check_may(user, "role.grant")


def test_every_role_is_named_and_explained():
    for role in ROLES.values():
        assert str(role.name)
        assert str(role.sentence).endswith(".")
        assert role.actions


def test_roles_for_knows_its_actions():
    assert roles_for("role.grant") == {"admin"}
    with pytest.raises(KeyError):
        roles_for("no.such_action")


def test_nobody_decides_what_they_prepare():
    """04 §14: preparing and deciding are two hands in every room."""
    for role in ROLES.values():
        assert not ({"result.prepare", "result.decide"} <= role.actions)
        assert not ({"late_code.issue", "late_code.confirm"} <= role.actions)
        assert not ({"call.edit", "call.publish"} <= role.actions)


@pytest.mark.parametrize(
    ("given", "asked", "covered"),
    [
        ({}, {}, True),
        ({}, {"cluster": "seoul", "hub": "mapo"}, True),
        ({"cluster": "seoul"}, {"cluster": "seoul"}, True),
        ({"cluster": "seoul"}, {"cluster": "seoul", "hub": "mapo"}, True),
        ({"cluster": "seoul"}, {"cluster": "incheon"}, False),
        ({"cluster": "seoul"}, {"hub": "mapo"}, False),
        ({"cluster": "seoul"}, {}, True),
        ({"cluster": "seoul", "hub": "mapo"}, {"cluster": "seoul", "hub": "mapo"}, True),
        ({"cluster": "seoul", "hub": "mapo"}, {"cluster": "seoul", "hub": "gaepo"}, False),
        ({"cluster": "seoul", "hub": "mapo"}, {"cluster": "seoul"}, False),
        ({"hub": "mapo"}, {"cluster": "seoul", "hub": "mapo"}, True),
    ],
)
def test_a_role_reaches_as_far_as_its_scope(db, given, asked, covered):
    scope = {"cluster": cluster(given["cluster"])} if "cluster" in given else {}
    if "hub" in given:
        scope |= {"scope_kind": ScopeKind.HUB, "scope_ref": given["hub"]}
    cluster("incheon")
    assert queries.has_role(with_role("space.officer", **scope), "space.officer", **asked) is covered


def test_the_cluster_itself_does_as_well_as_its_code(db):
    seoul, incheon = cluster("seoul"), cluster("incheon")
    user = with_role("space.officer", cluster=seoul)
    assert queries.has_role(user, "space.officer", cluster=seoul)
    assert not queries.has_role(user, "space.officer", cluster=incheon)
    assert list(queries.clusters_of(user, "space.officer")) == [seoul]


def test_a_locked_person_holds_no_role(db):
    user = with_role("auditor")
    user.is_active = False
    assert not queries.has_role(user, "auditor")


def test_people_with_a_role_are_found_once(db):
    seoul = cluster("seoul")
    user = with_role("space.officer", cluster=seoul)
    with_role("space.officer", user=user)
    with_role("space.officer", cluster=cluster("incheon"))
    assert queries.people_with("space.officer", cluster=seoul) == [user]


def test_giving_a_role_is_a_line_of_the_ledger(db):
    admin, user = with_role("admin"), person()
    assignment = grant_role(
        by=admin, user=user, role="space.officer", cluster=cluster(), scope_kind="hub", scope_ref="mapo", now=NOW
    )
    [leaf] = leaves(assignment)
    assert leaf["type"] == "account.role_granted/1"
    assert leaf["actor"]["role"] == "admin"
    assert leaf["data"] == {"role": "space.officer", "cluster": "seoul", "scope_kind": "hub", "scope_ref": "mapo"}
    assert user.email not in str(leaf)


def test_taking_a_role_seals_the_reason(db):
    admin, user = with_role("admin"), with_role("auditor")
    assignment = RoleAssignment.objects.get(user=user)
    revoke_role(by=admin, assignment=assignment, now=NOW + timedelta(days=1), reason="임기 만료")
    _granted, revoked = leaves(assignment)
    assert revoked["type"] == "account.role_revoked/1"
    assert "임기" not in str(revoked)
    assert revoked["data"]["reason_c"]
    assert not queries.has_role(user, "auditor") or queries.roles_of(user).count() == 0


def test_staff_follows_the_roles(db):
    admin, user = with_role("admin"), person()
    evaluator = grant_role(by=admin, user=user, role="space.evaluator", now=NOW)
    assert user.is_staff is False
    editor = grant_role(by=admin, user=user, role="editor", now=NOW)
    user.refresh_from_db()
    assert (user.is_staff, [group.name for group in user.groups.all()]) == (True, ["Editors"])
    revoke_role(by=admin, assignment=editor, now=NOW)
    user.refresh_from_db()
    assert (user.is_staff, user.groups.count()) == (False, 0)
    assert list(queries.roles_of(user)) == [evaluator]


def test_nobody_changes_their_own_roles(db):
    admin = with_role("admin")
    with pytest.raises(NotAllowed):
        grant_role(by=admin, user=admin, role="space.approver", now=NOW)
    with pytest.raises(NotAllowed):
        revoke_role(by=admin, assignment=RoleAssignment.objects.get(user=admin), now=NOW)


def test_an_administrator_of_a_cluster_stays_in_it(db):
    admin = with_role("admin", cluster=cluster("seoul"))
    grant_role(by=admin, user=person(), role="space.officer", cluster=cluster("seoul"), now=NOW)
    with pytest.raises(NotAllowed):
        grant_role(by=admin, user=person(), role="space.officer", cluster=cluster("incheon"), now=NOW)
    with pytest.raises(NotAllowed):
        grant_role(by=admin, user=person(), role="space.officer", now=NOW)


@pytest.mark.parametrize("code", sorted(set(ROLES) - {"admin"}))
def test_only_administrators_give_roles(db, code):
    with pytest.raises(NotAllowed):
        grant_role(by=with_role(code), user=person(), role="auditor", now=NOW)


@pytest.mark.parametrize(
    ("role", "kind", "ref", "field"),
    [
        ("king", "", "", "role"),
        ("space.officer", "hub", "", "scope_ref"),
        ("space.officer", "course", "c1", "scope_kind"),
        ("space.officer", "planet", "x", "scope_kind"),
        ("auditor", "hub", "mapo", "scope_kind"),
        ("space.officer", "hub", "마포", "scope_ref"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(db, role, kind, ref, field):
    with pytest.raises(Invalid) as refusal:
        grant_role(by=log.SYSTEM, user=person(), role=role, scope_kind=kind, scope_ref=ref, now=NOW)
    assert refusal.value.field == field


def test_the_same_role_is_given_once_and_taken_once(db):
    user = with_role("auditor")
    with pytest.raises(Invalid):
        with_role("auditor", user=user)
    first, second = RoleAssignment.objects.get(user=user), RoleAssignment.objects.get(user=user)
    revoke_role(by=log.SYSTEM, assignment=first, now=NOW)
    with pytest.raises(Overtaken):
        revoke_role(by=log.SYSTEM, assignment=second, now=NOW)
    with_role("auditor", user=user)


def insert_role(cursor, user, role="admin", kind="", ref="", then=""):
    cursor.execute(
        "INSERT INTO accounts_roleassignment (user_id, role, scope_kind, scope_ref) VALUES (%s, %s, %s, %s)",
        [user.pk, role, kind, ref],
    )
    if then:
        cursor.execute(then)


def test_a_role_without_a_leaf_cannot_be_committed(db):
    user = person()
    with pytest.raises(IntegrityError, match="no ledger leaf"), transaction.atomic(), connection.cursor() as cursor:
        insert_role(cursor, user, then="SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change",
    ["ended_at = now()", "role = 'admin'", "scope_kind = 'hub', scope_ref = 'mapo'", None],
)
def test_a_role_cannot_be_changed_around_the_service(db, change):
    user = with_role("auditor")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # The join on this table keeps the leaf of the giving from counting for what comes after it.
        cursor.execute("SET LOCAL ROLE ledger_sequencer")
        cursor.execute("DELETE FROM ledger_pending")
        cursor.execute("RESET ROLE")
        cursor.execute("SAVEPOINT before")
    statement = f"UPDATE accounts_roleassignment SET {change}" if change else "DELETE FROM accounts_roleassignment"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE user_id = %s", [user.pk])
        with pytest.raises(IntegrityError, match="no ledger leaf"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ROLLBACK TO SAVEPOINT before")


@pytest.mark.parametrize(("kind", "ref"), [("hub", ""), ("", "mapo")])
def test_half_a_scope_is_refused_by_the_database(db, kind, ref):
    user = person()
    with pytest.raises(IntegrityError, match="role_scope_whole"), transaction.atomic(), connection.cursor() as cursor:
        insert_role(cursor, user, kind=kind, ref=ref)


def test_two_live_roles_for_one_scope_are_refused_by_the_database(db):
    user = with_role("auditor")
    with (
        pytest.raises(IntegrityError, match="one_live_role_per_scope"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        insert_role(cursor, user, role="auditor")
