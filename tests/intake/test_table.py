"""A table as a question: rows without JavaScript, limits, and what is sent is frozen as it was."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.http import QueryDict
from django.urls import reverse

from portal.intake import services
from portal.intake.blocks import InvalidForm, parse_form, troubles
from portal.intake.forms import SectionForm
from portal.intake.models import Draft
from tests.factories import intake as factory
from tests.factories.intake import OPENS

COLUMNS = [
    {"code": "item", "name": {"ko": "비목", "en": "Item"}, "required": True},
    {"code": "won", "kind": "money", "name": {"ko": "금액", "en": "Amount"}, "required": True},
    {"code": "by", "kind": "date", "name": {"ko": "기한", "en": "By"}},
]
BUDGET = {
    "code": "budget",
    "kind": "table",
    "label": {"ko": "예산", "en": "Budget"},
    "required": True,
    "limits": {"columns": COLUMNS, "min_rows": 2, "max_rows": 3},
}


def asked(**limits):
    block = deepcopy(BUDGET)
    block["limits"] |= limits
    return parse_form({"sections": [{"code": "money", "name": {"ko": "예산"}, "blocks": [block]}]})


def page(form, posted):
    data = QueryDict(mutable=True)
    data.update(posted)
    return SectionForm(data, form=form, section=form.sections[0], answers={})


def test_rows_are_plain_fields_and_empty_ones_do_not_count():
    filled = {
        "budget-0-item": "장비",
        "budget-0-won": "1,200,000",
        "budget-0-by": "2027-01-31",
        "budget-2-item": "인력",
        "budget-2-won": "5",
    }
    fields = page(asked(), filled)
    rows = [{"item": "장비", "won": 1200000, "by": "2027-01-31"}, {"item": "인력", "won": 5}]
    assert fields.kept() == {"budget": rows}
    assert not fields.errors
    assert troubles(asked(), {"budget": rows}, {}) == []
    html = str(SectionForm(form=asked(), section=asked().sections[0], answers={"budget": rows}))
    assert 'name="budget-0-won" value="1200000"' in html
    assert 'name="budget-2-item"' in html
    assert "budget-3-item" not in html
    assert 'aria-label="금액, 1번째 줄"' in html


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"item": "장비", "won": 1}], "2줄 이상 적어 주십시오."),
        ([{"item": "장비", "won": 1}] * 4, "3줄까지 적을 수 있습니다."),
        ([{"item": "장비", "won": 1}, {"won": 2}], "2번째 줄 비목: 필수 작성 항목입니다"),
        ([], "필수 작성 항목입니다"),
    ],
)
def test_what_does_not_fit_is_said_by_row_and_column(rows, says):
    assert [trouble.message for trouble in troubles(asked(), {"budget": rows}, {})] == [says]


def test_what_was_typed_is_kept_although_it_does_not_fit():
    fields = page(asked(), {"budget-0-item": "장비", "budget-0-won": "많이", "budget-1-item": "인력"})
    assert fields.kept() == {"budget": [{"item": "장비", "won": "많이"}, {"item": "인력"}]}
    assert fields.misfits()


@pytest.mark.parametrize(
    "limits",
    [
        {"columns": []},
        {"columns": [*COLUMNS, COLUMNS[0]]},
        {"columns": [{"code": "x", "kind": "file", "name": {"ko": "x"}}]},
        {"columns": [{"code": "x"}]},
        {"max_rows": 51},
        {"min_rows": 4},
        {"max_rows": 0, "min_rows": 0},
    ],
)
def test_a_table_that_cannot_be_asked_is_refused_when_written(limits):
    with pytest.raises(InvalidForm, match="budget"):
        asked(**limits)


@pytest.mark.django_db
def test_it_is_saved_by_the_page_frozen_in_the_revision_and_shown_as_a_table(at):
    form = deepcopy(factory.FORM)
    form["sections"][1]["blocks"].append(BUDGET)
    trial = factory.open_round(form=form)
    application = trial.draft()
    master = trial.masters[-1]
    rows = [{"item": "<b>장비</b>", "won": 3}, {"item": "인력", "won": 4}]
    browser, url = at(master), reverse("intake:page", args=[application.public_id, "plan"])
    posted = {f"budget-{n}-{code}": value for n, row in enumerate(rows) for code, value in row.items()}
    answer = browser.post(url, {"idea": "물류", "taxes": "on", "version": "1", **posted})
    assert answer.status_code == 302
    assert Draft.objects.get(section="plan").answers["budget"] == rows
    revision = services.submit(application=application, key="k", by=master, now=OPENS)
    assert revision.content["answers"]["budget"] == rows
    parsed = trial.call.current.parsed_form
    html = parsed.kind(parsed.block("budget")).shown(parsed.block("budget"), rows)
    assert "&lt;b&gt;장비" in html
    assert "3원" in html
