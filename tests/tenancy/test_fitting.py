from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy import fitting
from tenancy.fitting import Room, Wanted, Wish, in_order, why_not


def room(code="801", **fields):
    given = {"hub": "mapo", "seats": 4, "area_m2": Decimal("20.00"), **fields}
    return Room(key=f"{given['hub']}.{code}", code=code, **given)


def wanted(**fields):
    return Wanted(**{"seats": 4, "hubs": frozenset({"mapo", "gaepo"}), **fields})


@pytest.mark.parametrize(
    ("need", "given", "reason"),
    [
        ({}, {}, None),
        ({"seats": 5}, {}, fitting.TOO_FEW_SEATS),
        ({"min_area_m2": Decimal("20.01")}, {}, fitting.TOO_SMALL),
        ({"min_area_m2": Decimal("20.00")}, {}, None),
        ({"accessible": True}, {}, fitting.NOT_ACCESSIBLE),
        ({"accessible": True}, {"accessible": True}, None),
        ({"hubs": frozenset({"gaepo"})}, {}, fitting.OTHER_HUB),
        ({}, {"free": False}, fitting.NOT_FREE),
        ({}, {"in_service": False}, fitting.OUT_OF_SERVICE),
    ],
)
def test_the_reason_against_a_room(need, given, reason):
    assert why_not(wanted(**need), room(**given)) == reason


def test_named_units_then_hubs_then_size_then_the_fewest_seats_then_the_code():
    wishes = (Wish("UNIT", "805"), Wish("HUB", "gaepo"), Wish("SEATS", "8"))
    rooms = [
        room("801"),
        room("802", seats=6),
        room("803", seats=8),
        room("804", hub="gaepo"),
        room("805", seats=8),
    ]
    assert [r.code for r in in_order(wanted(wishes=wishes), rooms)] == ["805", "804", "803", "801", "802"]


@given(
    st.permutations(["801", "802", "803", "804"]),
    st.lists(st.sampled_from(["801", "802", "803", "804", "9"]), unique=True),
)
def test_wishes_order_but_never_strike_out(codes, named):
    rooms = [room(code) for code in codes]
    order = [r.code for r in in_order(wanted(wishes=tuple(Wish("UNIT", code) for code in named)), rooms)]
    assert sorted(order) == sorted(codes)
    known = [code for code in named if code in codes]
    assert order == known + sorted(set(codes) - set(known))
