"""Event types: closed lists of fields, no free text, one meaning for ever."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest

from ledger import registry
from ledger.registry import EventType, InvalidData, UnknownEvent


class Hub(StrEnum):
    MAPO = "MAPO"


EVENT = EventType(
    "trial.form.filled",
    1,
    {
        "hub": "code:MAPO|GAEPO",
        "n": "int?",
        "open": "bool?",
        "rent": "decimal?",
        "starts_date": "date?",
        "decided_at": "time?",
        "unit": "ref?",
        "units": "ref[]?",
        "amount_c": "commitment?",
    },
)
BASE = {"hub": "MAPO"}


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("hub", Hub.MAPO, "MAPO"),
        ("n", -3, -3),
        ("open", True, True),
        ("rent", Decimal("120000.50"), "120000.50"),
        ("rent", 120000, "120000"),
        ("rent", "-0.5", "-0.5"),
        ("starts_date", date(2019, 4, 1), "2019-04-01"),
        ("decided_at", datetime(2019, 4, 1, 9, tzinfo=UTC), "2019-04-01T09:00:00.000000Z"),
        ("decided_at", "2019-04-01T09:00:00Z", "2019-04-01T09:00:00Z"),
        ("unit", UUID(int=5), str(UUID(int=5))),
        ("unit", 7, "7"),
        ("unit", "a" * 64, "a" * 64),
        ("units", ["a", "b"], ["a", "b"]),
        ("from", "draft", "draft"),
        ("no", "space.lease/2026/1", "space.lease/2026/1"),
    ],
)
def test_values_become_what_a_leaf_holds(field, value, shown):
    found = EVENT.check(BASE | {field: value})[field]
    assert (found, type(found)) == (shown, type(shown))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hub", "BUSAN"),
        ("hub", "MAPO|GAEPO"),
        ("n", "3"),
        ("n", True),
        ("n", 1.0),
        ("n", 2**53),
        ("open", 1),
        ("rent", 1.5),
        ("rent", "1,000"),
        ("rent", "01"),
        ("rent", "1."),
        ("rent", Decimal("NaN")),
        ("starts_date", "2019-02-30"),
        ("starts_date", "2019-4-1"),
        ("decided_at", datetime(2019, 4, 1)),
        ("decided_at", "2019-04-01T09:00:00"),
        ("decided_at", "2019-04-01T25:00:00Z"),
        ("unit", "two words"),
        ("unit", "한글"),
        ("unit", ""),
        ("unit", None),
        ("units", "a"),
        ("units", ["a b"]),
        ("amount_c", "secret"),
        ("no", "1"),
        ("from", "free text"),
        ("unknown", 1),
    ],
)
def test_values_of_another_kind_are_refused(field, value):
    with pytest.raises(InvalidData):
        EVENT.check(BASE | {field: value})


def test_a_needed_field_is_needed():
    with pytest.raises(InvalidData, match="missing field hub"):
        EVENT.check({})


@pytest.mark.parametrize(
    ("name", "version", "fields", "series"),
    [
        ("one", 1, {}, None),
        ("a.b.c.d.e", 1, {}, None),
        ("A.b", 1, {}, None),
        ("a.b", 0, {}, None),
        ("a.b", 10_000, {}, None),
        ("a.b", 1, {"Key": "int"}, None),
        ("a.b", 1, {"x": "text"}, None),
        ("a.b", 1, {"x": "code:"}, None),
        ("a.b", 1, {"x": "commitment"}, None),
        ("a.b", 1, {"x_c": "ref"}, None),
        ("a.b", 1, {}, "lease"),
    ],
)
def test_types_that_could_not_be_leaves_are_refused(name, version, fields, series):
    with pytest.raises(InvalidData):
        EventType(name, version, fields, series)


def test_a_type_is_registered_once_and_never_changed(monkeypatch):
    monkeypatch.setattr(registry, "_types", {})
    monkeypatch.setattr(registry, "_latest", {})
    second = registry.register(EventType("trial.form.filled", 2, {"hub": "ref"}))
    assert registry.register(EVENT) is registry.register(EVENT) is EVENT
    assert registry.find("trial.form.filled") == second
    assert registry.find("trial.form.filled/1") == registry.find(EVENT) == EVENT
    assert registry.all_types() == [EVENT, second]
    with pytest.raises(UnknownEvent, match="other fields"):
        registry.register(EventType("trial.form.filled", 1, {}))
    with pytest.raises(UnknownEvent):
        registry.find("trial.form.filled/3")


def test_two_translations_of_a_title_are_one_type():
    assert EventType("a.b", 1, {}, title="가") == EventType("a.b", 1, {}, title="나")
