from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy import geometry

SQUARE = [(0, 0), (400, 0), (400, 500), (0, 500)]
L_SHAPE = [(0, 0), (400, 0), (400, 200), (200, 200), (200, 400), (0, 400)]


def box(left, bottom, width, height):
    return [(left, bottom), (left + width, bottom), (left + width, bottom + height), (left, bottom + height)]


BOXES = st.builds(box, *[st.integers(0, 8)] * 2, *[st.integers(1, 5)] * 2)


@given(BOXES, BOXES)
def test_boxes_overlap_exactly_when_they_share_a_square(one, other):
    def squares(b):
        return {(x, y) for x in range(b[0][0], b[1][0]) for y in range(b[0][1], b[2][1])}

    assert geometry.overlap(one, other) == bool(squares(one) & squares(other))
    assert geometry.within(one, other) == (squares(one) <= squares(other))


@given(BOXES, st.integers(-3, 3), st.booleans())
def test_neither_where_one_starts_nor_which_way_round_matters(polygon, shift, turned):
    moved = polygon[shift:] + polygon[:shift]
    moved = moved[::-1] if turned else moved
    assert geometry.twice_area(moved) == geometry.twice_area(polygon)
    assert geometry.overlap(moved, polygon)
    assert geometry.is_simple(moved)


def test_area_in_square_metres():
    assert geometry.area_m2(SQUARE) == Decimal("20.00")
    assert geometry.area_m2(L_SHAPE) == Decimal("12.00")


@pytest.mark.parametrize(
    "polygon",
    [
        [(0, 0), (400, 0)],
        [(0, 0), (400, 0), (800, 0)],
        [(0, 0), (400, 400), (400, 0), (0, 400)],
        [(0, 0), (400, 0), (400, 0), (0, 400)],
        [(0, 0), (400, 0), (400, 400), (200, 0), (0, 400)],
    ],
)
def test_no_room_has_such_an_outline(polygon):
    assert not geometry.is_simple(polygon)


def test_a_room_in_the_corner_of_an_l_only_touches():
    corner = box(200, 200, 200, 200)
    assert not geometry.overlap(L_SHAPE, corner)
    assert not geometry.within(corner, L_SHAPE)
    assert geometry.within(box(0, 200, 200, 200), L_SHAPE)


def test_a_cross_overlaps_although_no_corner_lies_inside():
    assert geometry.overlap(box(0, 2, 9, 2), box(3, 0, 2, 9))
    assert geometry.overlap(box(0, 0, 9, 9), box(0, 0, 9, 9))
