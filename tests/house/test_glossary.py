"""One name in code, one word on screen: docs/glossary.md."""

import re

import pytest

from portal.core.rooms import our_apps
from tests.house.tree import ROOT

#: Models whose word on screen is another on purpose → why.
OTHER = {
    "intake.Draft": "작성 중 is the state; the row is what was written so far",
    "mice.Amendment": "변경계약 is a lease's; of an award somebody asks for a change, 변경신청",
    "mice.Posting": "a fund's books have double entries; an award has a ledger of its own, 교부 원장",
    "intake.Attendance": "출결 is a student's; a member of a panel has 출석확인 at a sitting",
}
#: The ledger's tables are shown on no screen; its series of invoice numbers neither.
NOT_SHOWN = {"ledger", "InvoiceSeries"}
MODELS = [model for config in our_apps() for model in config.get_models()]


def glossary() -> dict[str, str]:
    words = {}
    for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) >= 2 and not set(cells[0]) <= {"-"}:
            names, said = (cell.split(" · ") for cell in cells[:2])
            words |= dict(zip(names, said, strict=False))
    return words


def test_the_glossary_is_read():
    words = glossary()
    assert (words["Organisation"], words["Floor"], words["Target"]) == ("기업/기관", "층", "목표")


@pytest.mark.parametrize("model", [pytest.param(m, id=m._meta.label) for m in MODELS if m.__name__ in glossary()])
def test_a_model_of_the_glossary_shows_its_word(model):
    if model._meta.label not in OTHER and model._meta.app_label not in NOT_SHOWN:
        assert str(model._meta.verbose_name).startswith(glossary()[model.__name__].partition("(")[0])


def test_every_model_has_a_korean_name():
    nameless = [
        model._meta.label
        for model in MODELS
        if not re.search("[가-힣]", str(model._meta.verbose_name))
        and not NOT_SHOWN & {model._meta.app_label, model.__name__}
    ]
    assert nameless == []
