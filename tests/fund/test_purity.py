"""The doors are arithmetic: they load without Django, and the design's names are there."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

DOORS = {
    "fund.capital": {
        "unfunded": "commitment called_inside recallable returned_excess released adjustment",
        "city_share_ok": "city total cap_bp",
        "equalise": "earlier joining calls on rate_bp",
    },
    "fund.fees": {"management_fee": "slices day_count"},
    "fund.waterfall": {
        "distribute": "terms flows distributable on deal",
        "clawback": "terms paid_carry entitled_carry",
        "first_loss": "loss stakes bearer limit_bp bearer_shares_rest",
        "excess_transfer": "excess rate_bp receivers",
    },
    "fund.performance": {
        "xirr": "flows",
        "multiples": "paid_in distributed nav committed",
        "ks_pme": "contributions distributions index nav",
        "direct_alpha": "contributions distributions index nav dates",
    },
    "fund.conversion": {"safe_shares": "amount cap discount_bp pre_money shares"},
    "fund.lookthrough": {"exposures": "root stakes assets"},
}
BESIDES = ["fund.disclosure", "fund.duties", "fund.statements"]


def test_no_door_needs_django():
    names = ", ".join([*DOORS, *BESIDES])
    program = f"import sys, {names}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, doors in DOORS.items() for name in doors])
def test_a_door_keeps_its_arguments(module, name):
    door = getattr(import_module(module), name)
    assert list(inspect.signature(door).parameters) == DOORS[module][name].split()
