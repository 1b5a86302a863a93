"""``{% load ui %}``: components as tags. The style page (``/ko/style/``) shows each with its states and how to call it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.base import render_value_in_context
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from portal.core import money
from portal.core.ui import parts

register = template.Library()
BANNER_ICONS = {"info": "info", "success": "success", "warning": "warning", "danger": "danger"}
#: Django's message levels in the tones of the banner.
LEVELS = {"debug": "info", "info": "info", "success": "success", "warning": "warning", "error": "danger"}


@register.simple_tag
def icon(name: str, *, large: bool = False, label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless it has a label."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" {} focusable="false"><use href="{}#{}"/></svg>',
        " icon--large" if large else "", spoken, static("portal/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def button(
    label: str, *, kind: str = "primary", size: str = "", name: str = "", value: str = "", icon_name: str = ""
) -> SafeString:
    """A submit button. ``kind``: primary, secondary, plain, danger, text. Never disabled: the answer says what is missing."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button type="submit" class="{}"{}>{}{}</button>',
        _button(kind, size),
        named,
        icon(icon_name) if icon_name else "",
        label,
    )


@register.simple_tag
def link_button(label: str, href: str, *, kind: str = "primary", size: str = "", icon_name: str = "") -> SafeString:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    return format_html(
        '<a class="{}" href="{}">{}{}</a>', _button(kind, size), href, icon(icon_name) if icon_name else "", label
    )


def _button(kind: str, size: str) -> str:
    return " ".join(["btn", *([f"btn--{kind}"] if kind != "primary" else []), *([f"btn--{size}"] if size else [])])


@register.simple_tag
def badge(label: Any, tone: Any = "") -> SafeString:
    """A status tag. ``tone``: empty, info, success, warning, danger, solid."""
    return parts.badge(label, tone)


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*pairs: str) -> dict[str, object]:
    """``{% breadcrumb _("모집공고") calls_url call.title %}``: label and address by turns, the present page's label last."""
    *before, last = pairs
    return {"before": list(zip(before[::2], before[1::2], strict=True)), "last": last}


@register.inclusion_tag("components/page_title.html")
def page_title(title: Any, *, lead: Any = "", caption: Any = "", status: Any = "", tone: str = "") -> dict[str, object]:
    """The h1 with what stands above, beside and under it."""
    return {"title": title, "lead": lead, "caption": caption, "status": status, "tone": tone}


@register.simple_block_tag
def banner(content: SafeString, kind: str = "info", title: Any = "", *, live: bool = False) -> str:
    """``{% banner "warning" _("…") %}<p>…</p>{% endbanner %}``. ``live`` only for what appears after an action."""
    context = {"kind": kind, "title": title, "icon_name": BANNER_ICONS[kind], "body": content, "live": live}
    return render_to_string("components/banner.html", context)


@register.inclusion_tag("components/messages.html")
def page_messages(messages: Iterable[Any]) -> dict[str, object]:
    """What the last action said (Django's messages framework)."""
    return {"messages": [(LEVELS.get(message.level_tag, "info"), message) for message in messages]}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_: Any) -> dict[str, object]:
    """All errors of the forms and formsets on a page, each a link to its field. Nothing if there is none."""
    return {"errors": [error for form in forms_ if form is not None for error in _errors(form)]}


def _errors(form: Any) -> list[tuple[str, str]]:
    if isinstance(form, forms.BaseFormSet):
        return [("", str(text)) for text in form.non_form_errors()] + [
            error for one in form.forms for error in _errors(one)
        ]
    found = [("", str(text)) for text in form.non_field_errors()]
    for bound in form:
        found += [(first_id(bound), f"{bound.label}: {text}") for text in bound.errors]
    return found


@register.filter
def first_id(bound: forms.BoundField) -> str:
    """The id of the field's first control: what an error links to."""
    grouped = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{bound.auto_id}_0" if grouped else bound.id_for_label


@register.filter
def kind_of(bound: forms.BoundField) -> str:
    """How a field is laid out: ``options`` (radios, checkboxes), ``single`` (one checkbox), ``hidden`` or ``input``."""
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "options"
    if isinstance(widget, forms.CheckboxInput):
        return "single"
    return "hidden" if widget.is_hidden else "input"


@register.inclusion_tag("components/form.html", takes_context=True)
def render_form(context: template.Context, form: forms.BaseForm, submit: str = "", **options: Any) -> dict[str, object]:
    """A whole form. Options: ``action``, ``cancel`` (address), ``kind`` of the button, ``autosave`` (address), ``version``, ``saved`` (when last), ``wide``."""
    return {"form": form, "submit": submit or gettext("저장"), "csrf_token": context.get("csrf_token"), **options}


@register.simple_tag
def autosave(url: str, version: Any = "") -> SafeString:
    """Attributes that make a form save itself; put ``{% include "components/saved.html" %}`` inside it."""
    return format_html(
        'data-autosave="{}" data-version="{}" data-word-saving="{}" data-word-failed="{}"',
        url, version, gettext("저장하는 중…"),
        gettext("아직 저장되지 않았습니다. 연결을 확인해 주십시오. 잠시 뒤 다시 저장합니다."),
    )  # fmt: skip


@register.inclusion_tag("components/summary.html")
def summary(rows: Sequence[parts.Row], *, label: str = "") -> dict[str, object]:
    """Names and values; with change links it is the check-answers list."""
    return {"rows": rows, "label": label, "changes": any(row.change for row in rows)}


@register.filter(is_safe=True, needs_autoescape=True)
def shown(value: Any, autoescape: bool = True) -> Any:
    """A value of a summary: text keeps its line breaks; dates and numbers are left to the language's format."""
    return linebreaksbr(str(value), autoescape) if isinstance(value, str | Promise) else value


@register.inclusion_tag("components/tasks.html")
def task_list(tasks: Sequence[parts.Task]) -> dict[str, object]:
    """What is to be done, each with its status."""
    return {"tasks": tasks}


@register.inclusion_tag("components/tracker.html")
def tracker(steps: Sequence[parts.Step], then: parts.Next | None = None) -> dict[str, object]:
    """Every step, the current one, and who acts next by when."""
    return {"steps": steps, "then": then}


@register.inclusion_tag("components/table.html", takes_context=True)
def data_table(context: template.Context, table: parts.Table) -> dict[str, object]:
    """A table of data, cards on a phone."""
    return {"table": table, "request": context.get("request")}


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: parts.Table) -> SafeString:
    """The rows of a table's body. Put together here: a loop of the template's takes several times as long for each cell."""
    ways = [_around_cell(column, first=place == 0) for place, column in enumerate(table.columns)]
    return SafeString("".join([_table_row(context, ways, row) for row in table.rows]))


def _around_cell(column: parts.Column, *, first: bool) -> tuple[str, str]:
    """The markup before and after each value of a column; a row's first cell is its heading."""
    element, role = ("th", SafeString('scope="row" role="rowheader"')) if first else ("td", SafeString('role="cell"'))
    number = SafeString(' class="is-number"') if column.number else ""
    before = format_html('<{} {}{} data-label="{}"><span>', element, role, number, column.label)
    return before, f"</span></{element}>"


def _table_row(context: template.Context, ways: Sequence[tuple[str, str]], row: Sequence[object]) -> str:
    cells = [
        f"{before}{render_value_in_context('–' if value is None else value, context)}{after}"
        for (before, after), value in zip(ways, row, strict=True)
    ]
    return f'<tr role="row">{"".join(cells)}</tr>'


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page) -> dict[str, object]:
    """Pages of a list; keeps the other parameters of the address."""
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "request": context.get("request"),
    }


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[parts.Tab], label: str) -> dict[str, object]:
    """Tabs as links."""
    return {"tabs": items, "label": label}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, object]:
    """Nothing here yet: says so, and the next step."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("components/cards.html")
def cards(items: Sequence[parts.Card], level: int = 3) -> dict[str, object]:
    """A list of cards; ``level`` is that of their headings."""
    return {"cards": items, "level": level}


@register.inclusion_tag("components/figures.html")
def figures(items: Sequence[parts.Figure]) -> dict[str, object]:
    """Key figures."""
    return {"figures": items}


@register.inclusion_tag("components/progress.html")
def progress(label: str, value: int, maximum: int, unit: str = "", href: str = "") -> dict[str, object]:
    """How far: in words and as a bar. The bar stops at full, the words do not."""
    percent = value * 100 // maximum if maximum else 0
    return {
        "label": label,
        "value": value,
        "maximum": maximum,
        "filled": min(value, maximum),
        "unit": unit,
        "percent": percent,
        "href": href,
    }


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[parts.Entry]) -> dict[str, object]:
    """What happened, in order."""
    return {"entries": entries}


@register.inclusion_tag("components/receipt.html")
def receipt(receipt: parts.Receipt, href: str = "") -> dict[str, object]:
    """Number, time, fingerprint; ``href`` leads to the PDF."""
    return {"receipt": receipt, "href": href}


@register.inclusion_tag("components/countdown.html")
def countdown(ends: datetime, now: datetime) -> dict[str, object]:
    """Time left by the server's clock; JavaScript keeps it running and says aloud only when it becomes urgent."""
    words = {
        "d": gettext("{n}일"), "h": gettext("{n}시간"), "m": gettext("{n}분"), "s": gettext("{n}초"),
        "left": gettext("{time} 남음"), "over": gettext("마감되었습니다"),
    }  # fmt: skip
    return {
        "ends": ends,
        "now": now,
        "text": time_left(ends - now),
        "urgency": _urgency(ends - now),
        "words": json.dumps(words, ensure_ascii=False),
    }


def _urgency(left: timedelta) -> str:
    if left <= timedelta(0):
        return "over"
    if left <= timedelta(hours=1):
        return "hour"
    return "day" if left <= timedelta(days=1) else "calm"


def time_left(left: timedelta) -> str:
    """The two largest units of what is left, in the reader's language."""
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return gettext("마감되었습니다")
    units = (("{n}일", 86_400), ("{n}시간", 3_600), ("{n}분", 60), ("{n}초", 1))
    words: list[str] = []
    for unit, size in units:
        count, seconds = divmod(seconds, size)
        if count or words:
            words.append(gettext(unit).replace("{n}", str(count)))
    return gettext("{time} 남음").replace("{time}", " ".join(words[:2]))


@register.filter
def days_left(ends: datetime | date, now: datetime) -> str:
    """``D-3`` as Koreans count: 0 on the day itself, by the calendar of Seoul."""
    last = timezone.localtime(ends).date() if isinstance(ends, datetime) else ends
    days = (last - timezone.localtime(now).date()).days
    if days < 0 or (isinstance(ends, datetime) and ends <= now):
        return gettext("마감")
    return gettext("오늘 마감") if days == 0 else f"D-{days}"


@register.filter
def won(amount: int | None) -> str:
    """``29,032원`` / ``KRW 29,032``; nothing for unknown."""
    return "" if amount is None else money.won(amount, get_language() or "ko")


@register.filter
def won_words(amount: int | None) -> str:
    """The hint beside large amounts: ``136억 4,500만 원`` in Korean, ``KRW 13.6 bn`` in English."""
    if amount is None:
        return ""
    return money.won_in_words(amount) if (get_language() or "ko").startswith("ko") else _won_in_english(amount)


def _won_in_english(amount: int) -> str:
    for size, name in ((10**9, "bn"), (10**6, "m")):
        if abs(amount) >= size:
            whole, rest = divmod(abs(amount) * 100 // size, 100)
            digits = f"{whole:,}.{rest:02}".rstrip("0").rstrip(".")
            return f"KRW {'-' if amount < 0 else ''}{digits} {name}"
    return money.won(amount, "en")
