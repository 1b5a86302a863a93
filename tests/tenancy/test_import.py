"""The centre's real floors from the file, and what stops an import."""

import copy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from portal.core.errors import NotAllowed
from tenancy import services
from tenancy.models import Cell, Floor, Unit
from tests.factories.people import cluster, leaves, with_role
from tests.factories.space import hub

pytestmark = pytest.mark.django_db
FLOORS = yaml.safe_load(
    (Path(__file__).parents[2] / "tenancy" / "data" / "round-2019.yaml").read_text(encoding="utf-8")
)["synthetic"]["floors"]
FROM = date(2019, 12, 1)


@pytest.fixture
def building():
    return hub("centre").buildings.create(code="main", name_ko="자람빌딩")


@pytest.fixture
def officer():
    return with_role("space.officer", cluster=cluster())


def test_a_dry_run_writes_nothing(building, officer):
    report = services.import_places(building=building, floors=FLOORS, from_date=FROM, by=officer)
    assert (len(report.floors), report.blocking, report.written) == (2, (), False)
    assert not Floor.objects.exists()


def test_the_floors_of_the_centre(building, officer):
    report = services.import_places(building=building, floors=FLOORS, from_date=FROM, by=officer, dry_run=False)
    assert report.written
    assert (Floor.objects.count(), Cell.objects.count(), Unit.objects.count()) == (2, 58, 40)
    assert sorted({(unit.seats, unit.area_m2, unit.cells.count()) for unit in Unit.objects.all()}) == [
        (4, Decimal("20.00"), 1),
        (8, Decimal("40.00"), 2),
    ]
    assert leaves(building)[0]["data"] == {"hub": "centre", "digest": report.digest, "cells": 58, "units": 40}


def test_a_floor_with_a_fault_stops_the_whole_file(building, officer):
    broken = copy.deepcopy(FLOORS)
    broken[1]["cells"][0]["polygon_cm"][1] = [900, 0]
    report = services.import_places(building=building, floors=broken, from_date=FROM, by=officer, dry_run=False)
    assert "cells_overlap" in {trouble.code for trouble in report.blocking}
    assert not Floor.objects.exists()


def test_the_same_floors_twice(building, officer):
    for _ in range(2):
        report = services.import_places(building=building, floors=FLOORS, from_date=FROM, by=officer, dry_run=False)
    assert [(trouble.code, trouble.where) for trouble in report.blocking] == [
        ("floor_exists", "8"),
        ("floor_exists", "11"),
    ]


def test_a_file_of_nonsense_is_a_report_not_a_fault(building, officer):
    for floors in (
        [{}],
        [{"level": 1.5, "outline_cm": None}],
        [{"level": 8, "outline_cm": [[0, 0]], "cells": [], "units": []}],
    ):
        report = services.import_places(building=building, floors=floors, from_date=FROM, by=officer, dry_run=False)
        assert report.blocking
        assert len(report.digest) == 64


def test_only_who_runs_the_hub_imports(building):
    for by in (with_role("space.approver", cluster=cluster()), with_role("space.officer", cluster=cluster("incheon"))):
        with pytest.raises(NotAllowed):
            services.import_places(building=building, floors=FLOORS, from_date=FROM, by=by)
