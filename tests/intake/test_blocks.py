"""The form as data: what it accepts, keeps and refuses, for any answer somebody may type."""

from __future__ import annotations

import json

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.intake import blocks
from portal.intake.canonical import canonical, clean_text, digest
from portal.intake.exact import cut
from portal.intake.forms import SectionForm

CHOICES = {"choices": [{"code": "A", "name": {"ko": "가"}}, {"code": "B", "name": {"ko": "나"}}]}
LIMITS = {
    "choice": CHOICES,
    "choices": CHOICES,
    "table": {"columns": [{"code": "c", "kind": "money", "name": {"ko": "칸"}}]},
}
ALL = {
    "sections": [
        {
            "code": "all",
            "name": {"ko": "모두"},
            "blocks": [
                {"code": kind, "kind": kind, "label": {"ko": kind}, "limits": LIMITS.get(kind, {})}
                for kind in sorted(blocks.KINDS)
            ],
        }
    ]
}
FORM = blocks.parse_form(ALL)
#: The name under which a page posts each kind; of a table a cell.
NAMES = ["table-0-c" if kind == "table" else kind for kind in sorted(blocks.KINDS) if blocks.KINDS[kind].has_field]


def form_of(*rows, **extra):
    return blocks.parse_form({"sections": [{"code": "s", "name": {"ko": "쪽"}, "blocks": list(rows)}], **extra})


def block(code, kind="text", **more):
    return {"code": code, "kind": kind, "label": {"ko": code}, **more}


def kept(form, typed):
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return SectionForm(data, form=form, section=form.sections[0], answers={}).kept()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60)))
def test_whatever_is_typed_is_kept_as_json_and_checked_without_a_fault(typed):
    answers = kept(FORM, {name: clean_text(text) for name, text in typed.items()})
    assert json.loads(json.dumps(answers)) == answers
    canonical(answers)
    for trouble in blocks.troubles(FORM, answers, {}):
        assert trouble.message


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=2**53 - 1))
def test_whole_numbers_survive_separators(number):
    form = form_of(block("n", "integer"))
    assert kept(form, {"n": f"{number:,}"}) == {"n": number}


@settings(max_examples=100, deadline=None)
@given(st.dates(), st.decimals(min_value=0, max_value=99999, places=2))
def test_dates_and_areas_pass_their_own_check_again(day, area):
    form = form_of(block("d", "date"), block("a", "area"))
    answers = kept(form, {"d": day.isoformat(), "a": str(area)})
    assert answers == {"d": day.isoformat(), "a": format(area, "f")}
    assert blocks.troubles(form, answers, {}) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text().map(clean_text),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5).map(clean_text), inner, max_size=3)
        ),
    )
)
def test_canonical_json_is_a_fixed_point(value):
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_a_float_has_no_digest():
    with pytest.raises(ValueError, match="not exact"):
        digest({"a": [1.5]})


def test_required_blocks_are_missed_only_while_they_are_asked():
    form = form_of(
        block("has", "choice", limits=CHOICES, required=True),
        block("which", required=True, shown_if={"block": "has", "is": "A"}),
    )
    assert [t.block.code for t in blocks.troubles(form, {}, {})] == ["has"]
    assert [t.block.code for t in blocks.troubles(form, {"has": "B"}, {})] == []
    assert [t.block.code for t in blocks.troubles(form, {"has": "A"}, {})] == ["which"]


def test_blocks_of_a_later_stage_are_not_asked_yet():
    form = form_of(block("now"), block("later", required=True, from_stage=2))
    assert blocks.troubles(form, {}, {}) == []
    assert [t.block.code for t in blocks.troubles(form, {}, {}, stage=2)] == ["later"]


def test_required_file_and_declaration():
    form = form_of(block("deck", "file", required=True), block("true", "declaration", required=True))
    assert [t.block.code for t in blocks.troubles(form, {}, {})] == ["deck", "true"]
    assert blocks.troubles(form, {"true": True}, {"deck": [object()]}) == []


def test_refusing_an_optional_consent_refuses_nothing():
    form = form_of(block("mail", "consent"))
    assert kept(form, {}) == {}
    assert blocks.troubles(form, {}, {}) == []


@pytest.mark.parametrize(
    "rows",
    [
        [block("a"), block("a")],
        [block("a", "unheard")],
        [block("A")],
        [block("a", shown_if={"block": "b", "is": 1}), block("b")],
    ],
)
def test_a_form_that_contradicts_itself_is_refused(rows):
    with pytest.raises(blocks.InvalidForm):
        form_of(*rows)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("5999/100", "59.99"), ("59999/1000", "59.99"), ("60", "60.00"), ("230/3", "76.66"), (None, "–")],
)
def test_scores_are_cut_not_rounded(number, shown):
    assert cut(number) == shown
