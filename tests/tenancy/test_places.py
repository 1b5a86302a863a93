import copy

import pytest

from tenancy.places import read


def square(left):
    return [[left, 0], [left + 400, 0], [left + 400, 500], [left, 500]]


FLOOR = {
    "level": 8,
    "outline_cm": [[0, 0], [800, 0], [800, 500], [0, 500]],
    "cells": [
        {"code": "8-01", "kind": "ROOM", "polygon_cm": square(0)},
        {"code": "8-02", "kind": "ROOM", "polygon_cm": square(400)},
    ],
    "units": [{"code": "801", "seats": 8, "area_m2": "40.00", "cells": ["8-01", "8-02"]}],
}


def found(change):
    raw = copy.deepcopy(FLOOR)
    change(raw)
    _, troubles = read([raw])
    return [(trouble.code, trouble.where, trouble.blocking) for trouble in troubles]


def test_a_right_floor():
    [plan], troubles = read([FLOOR])
    assert troubles == []
    assert (plan.level, len(plan.cells), plan.units[0].cells) == (8, 2, ("8-01", "8-02"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda f: f["cells"][1].update(polygon_cm=square(399)), ("cells_overlap", "8-01, 8-02", True)),
        (lambda f: f["cells"][1].update(polygon_cm=square(401)), ("cell_outside", "8-02", True)),
        (lambda f: f["cells"][1].update(code="8-01"), ("cell_twice", "8-01", True)),
        (lambda f: f["cells"][1].update(kind="POOL"), ("unknown_kind", "8-02", True)),
        (
            lambda f: f["cells"][0].update(polygon_cm=[[0, 0], [400, 500], [400, 0], [0, 500]]),
            ("cell_crosses_itself", "8-01", True),
        ),
        (lambda f: f["cells"].pop(), ("unknown_cell", "801", True)),
        (
            lambda f: f["units"].append({"code": "802", "seats": 4, "area_m2": "20", "cells": ["8-02"]}),
            ("cell_in_two_units", "8-02", True),
        ),
        (
            lambda f: f["units"].append({"code": "801", "seats": 4, "area_m2": "20", "cells": []}),
            ("unit_twice", "801", True),
        ),
        (lambda f: f["units"][0].update(seats=0), ("unit_is_empty", "801", True)),
        (lambda f: f["units"][0].update(area_m2="40.82"), ("area_differs", "801", False)),
        (lambda f: f.update(outline_cm=[[0, 0], [900, 0], [900, 500], [0, 500]]), ("gap", "8", False)),
        (
            lambda f: f.update(outline_cm=[[0, 0], [800, 500], [800, 0], [0, 500]]),
            ("outline_crosses_itself", "8", True),
        ),
        (lambda f: f["units"][0].update(area_m2=40.0), ("unreadable", "8", True)),
        (lambda f: f["units"][0].update(area_m2="40.001"), ("unreadable", "8", True)),
        (lambda f: f["cells"][0].update(polygon_cm=[[0.5, 0], [1, 1], [2, 2]]), ("unreadable", "8", True)),
        (lambda f: f.pop("cells"), ("unreadable", "8", True)),
        (lambda f: f["cells"][0].update(code="  "), ("unreadable", "8", True)),
    ],
)
def test_what_is_wrong_is_named(change, expected):
    assert expected in found(change)


def test_two_percent_are_tolerated():
    assert found(lambda f: f["units"][0].update(area_m2="40.81")) == []


def test_a_level_twice():
    _, troubles = read([FLOOR, FLOOR])
    assert [(trouble.code, trouble.where) for trouble in troubles] == [("floor_twice", "8")]
