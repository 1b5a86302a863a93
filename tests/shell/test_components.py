"""Components as tags: what they say, in both languages."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import escape

from portal.core.templatetags import ui
from portal.core.ui import fields, parts

NOW = datetime(2019, 12, 9, 5, 0, tzinfo=UTC)  # 14:00 in Seoul


def shown(source: str, **context: object) -> str:
    """The template's text without markup, in one line."""
    html = Template("{% load ui %}" + source).render(Context(context))
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("left", "korean", "english"),
    [
        (timedelta(days=3, hours=4, minutes=5), "3일 4시간 남음", "3 d 4 h left"),
        (timedelta(days=2), "2일 0시간 남음", "2 d 0 h left"),
        (timedelta(hours=5), "5시간 0분 남음", "5 h 0 min left"),
        (timedelta(seconds=59), "59초 남음", "59 s left"),
        (timedelta(0), "마감되었습니다", "Closed"),
        (timedelta(seconds=-1), "마감되었습니다", "Closed"),
    ],
)
def test_time_left_names_the_two_largest_units(left, korean, english):
    assert ui.time_left(left) == korean
    with translation.override("en"):
        assert ui.time_left(left) == english


@pytest.mark.parametrize(
    ("ends", "word"),
    [
        (NOW + timedelta(days=3), "D-3"),
        (NOW + timedelta(hours=9, minutes=59), "오늘 마감"),
        (NOW + timedelta(hours=10), "D-1"),  # midnight in Seoul, still the same day in UTC
        (NOW, "마감"),
        (date(2019, 12, 9), "오늘 마감"),
        (date(2019, 12, 8), "마감"),
    ],
)
def test_days_left_are_counted_by_the_calendar_of_seoul(ends, word):
    assert ui.days_left(ends, NOW) == word


@pytest.mark.parametrize(
    ("amount", "korean", "english"),
    [
        (13_600_000_000, "136억 원", "KRW 13.6 bn"),
        (100_000_000, "1억 원", "KRW 100 m"),
        (29_032, "2만 9,032원", "KRW 29,032"),
        (-1_500_000, "-150만 원", "KRW -1.5 m"),
        (None, "", ""),
    ],
)
def test_large_amounts_have_words(amount, korean, english):
    assert ui.won_words(amount) == korean
    with translation.override("en"):
        assert ui.won_words(amount) == english


def test_what_people_wrote_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    table = parts.Table(evil, [parts.Column(evil)], [[evil]], foot=[evil], empty=evil)
    context = {
        "evil": evil,
        "rows": [parts.Row(evil, evil, problem=evil)],
        "table": table,
        "tasks": [parts.Task(evil, evil, hint=evil)],
        "cards": [parts.Card(evil, text=evil, status=evil, above=evil, facts=[parts.Row(evil, evil)])],
        "steps": [parts.Step(evil, "current", note=evil)],
        "then": parts.Next(evil, evil),
        "figures": [parts.Figure(evil, evil, evil, evil)],
        "entries": [parts.Entry(evil, text=evil)],
        "tabs": [parts.Tab(evil, "#")],
        "receipt": parts.Receipt(evil, NOW, evil, evil, [parts.Row(evil, evil)]),
    }
    source = (
        "{% page_title evil lead=evil caption=evil status=evil %}{% summary rows %}{% data_table table %}{% task_list tasks %}"
        "{% cards cards %}{% tracker steps then %}{% figures figures %}{% timeline entries %}{% tabs tabs evil %}"
        "{% receipt receipt %}{% empty evil evil '#' evil %}{% button evil %}{% link_button evil evil %}{% badge evil %}"
        "{% banner 'info' evil %}{{ evil }}{% endbanner %}{% progress evil 1 2 evil %}"
    )
    html = Template("{% load ui %}" + source).render(Context(context))
    assert "<script" not in html
    assert html.count(escape(evil)) >= 40


def test_the_table_says_so_when_it_is_empty():
    table = parts.Table("이의신청", [parts.Column("기업")], [], empty="들어온 이의신청이 없습니다.")
    assert shown("{% data_table table %}", table=table) == "들어온 이의신청이 없습니다."


def test_a_row_of_the_wrong_length_is_a_mistake_of_the_screen():
    with pytest.raises(ValueError, match="zip"):
        shown("{% data_table table %}", table=parts.Table("", [parts.Column("a"), parts.Column("b")], [["only one"]]))


def test_a_table_says_what_each_value_is_and_which_heads_its_row():
    columns = [parts.Column('호실 "가"'), parts.Column("면적", number=True)]
    table = parts.Table("", columns, [["801", Decimal("1234.50")], ["802", None]])
    html = Template("{% load ui %}{% data_table table %}").render(Context({"table": table}))
    body = html[html.index("<tbody") : html.index("</tbody")]
    head = '<th scope="row" role="rowheader" data-label="호실 &quot;가&quot;"><span>{}</span></th>'
    number = '<td role="cell" class="is-number" data-label="면적"><span>{}</span></td>'
    assert head.format("801") + number.format("1234.50") in body
    assert head.format("802") + number.format("–") in body


def test_pages_keep_the_other_parameters_of_the_address():
    request = RequestFactory().get("/", {"q": "가온", "page": "2"})
    html = Template("{% load ui %}{% pagination page %}").render(
        RequestContext(request, {"page": Paginator(range(100), 10).get_page(2)})
    )
    assert 'href="?q=%EA%B0%80%EC%98%A8&amp;page=3"' in html
    assert '<span aria-current="page">2</span>' in html


def test_one_page_needs_no_page_links():
    assert shown("{% pagination page %}", page=Paginator(range(5), 10).get_page(1)) == ""


def test_every_step_of_the_tracker_has_its_name_and_state_in_words():
    steps = [
        parts.Step("접수", "done"),
        parts.Step("심사", "current"),
        parts.Step("발표"),
        parts.Step("계약", "stopped"),
    ]
    then = parts.Next("순위를 정합니다", "거점 운영담당", date(2019, 12, 23))
    text = shown("{% tracker steps then %}", steps=steps, then=then)
    assert text == (
        "접수 마침 2 심사 지금 여기 3 발표 아직 아님 계약 여기서 끝남 다음 절차 순위를 정합니다 누가 거점 운영담당 언제까지 2019. 12. 23.(월)"
    )


def test_the_bar_stops_at_full_but_the_words_do_not():
    html = Template("{% load ui %}{% progress '공간' 1081 1073 '곳' %}").render(Context())
    assert 'value="1073" max="1073"' in html
    assert "1,081 / 1,073 곳 (100 %)" in html


class Answers(forms.Form):
    name = forms.CharField(label="이름", help_text="명함에 있는 대로")
    track = forms.ChoiceField(label="부문", choices=[("a", "가"), ("b", "나")], widget=forms.RadioSelect)
    note = forms.CharField(label="비고", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_form_names_every_error_and_ties_it_to_its_field():
    form = Answers({})
    form.add_error(None, "마감되었습니다.")
    html = str(form)
    assert '<a href="#id_name">이름: ' in html
    assert '<a href="#id_track_0">부문: ' in html
    assert "<strong>마감되었습니다.</strong>" in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_form_marks_what_is_required_and_what_is_not():
    text = re.sub(r"<[^>]+>", " ", str(Answers()))
    assert re.search(r"이름\s+필수", text)
    assert re.search(r"비고\s+선택", text)


def test_errors_of_a_formset_are_in_one_summary():
    forms_ = forms.formset_factory(Answers, extra=2)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "가"}
    )
    html = Template("{% load ui %}{% error_summary formset %}").render(Context({"formset": forms_}))
    assert '<a href="#id_form-0-track_0">' in html


@pytest.mark.parametrize(("typed", "won"), [("1,200,000", 1_200_000), (" 1200000원", 1_200_000), ("0", 0), ("-5", -5)])
def test_won_as_people_type_it(typed, won):
    assert fields.WonField().clean(typed) == won


@pytest.mark.parametrize("typed", ["1.5", "만 원", "1e6"])
def test_what_is_no_whole_amount_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        fields.WonField().clean(typed)
