"""Every table of intake is in the audit file, or left out with a reason."""

from __future__ import annotations

import pytest
from django.apps import apps

from portal.intake.models import Call, Sitting
from portal.intake.services import audittables


def test_every_table_is_listed_told_elsewhere_or_left_out_with_a_reason():
    listed = [table.model for table in audittables.TABLES]
    parts = [set(listed), set(audittables.IN_JSON), set(audittables.LEFT_OUT)]
    known = {model.__name__ for model in apps.get_app_config("intake").get_models()} | {Sitting.files.through.__name__}

    assert len(listed) == len(parts[0])
    assert set().union(*parts) == known
    assert sum(map(len, parts)) == len(known)
    assert all(audittables.LEFT_OUT.values())


def test_the_guide_names_every_file():
    text = "\n".join(audittables.guide_lines())
    named = [f"- {table.name}.csv: {table.ko} / {table.en}" for table in audittables.TABLES]
    named += [f"- {name}:" for name in sorted(set(audittables.IN_JSON.values()))]
    assert [line for line in named if line not in text] == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", audittables.TABLES, ids=lambda table: table.name)
def test_every_list_reads_what_it_names(table):
    assert list(table.rows(Call(pk=0))) == []
