"""How a reader narrows the list of leaves."""

from functools import lru_cache
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from ledger import browsing, registry, words
from ledger.browsing import Wanted


class DayInput(forms.DateInput):
    """The browser's own date control."""

    input_type = "date"


class KindSelect(forms.Widget):
    """A select of some two hundred kinds: a template for each option took most of the page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = ((key, key if on is True else on) for key, on in self.build_attrs(self.attrs, attrs).items() if on)
        attributes = format_html_join("", ' {}="{}"', given)
        # The options were escaped when they were written; the value is escaped here in the same way.
        chosen = format_html(' value="{}"', value or "")
        options = _options(get_language() or "ko").replace(chosen, f"{chosen} selected", 1)
        return format_html('<select name="{}"{}>{}</select>', name, attributes, SafeString(options))


@lru_cache
def _options(language: str) -> str:
    """Every kind in that language; kinds do not change while a process runs."""
    with override(language):
        return format_html_join("", "{}", ((_group(label, inside),) for label, inside in kinds()))


def _group(label: Any, inside: Any) -> SafeString:
    if isinstance(inside, list):
        rows = format_html_join("", '<option value="{}">{}</option>', inside)
        return format_html('<optgroup label="{}">{}</optgroup>', label, rows)
    return format_html('<option value="{}">{}</option>', label, inside)


class RecordsForm(forms.Form):
    """Kind, words and days, all optional; the address that it makes can be kept."""

    q = forms.CharField(
        label=_("결정 번호, 순번, 기록 ID"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.CharField(label=_("기록의 종류"), required=False, max_length=100)
    since = forms.DateField(label=_("부터"), required=False, widget=DayInput())
    until = forms.DateField(label=_("까지"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget = KindSelect()

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        if kind and not browsing.is_kind(kind):
            raise forms.ValidationError(_("그런 종류의 기록은 없습니다."))
        return kind

    def clean_q(self) -> str:
        words_given = self.cleaned_data["q"].strip()
        if words_given and not browsing.is_number(words_given):
            raise forms.ValidationError(
                _("찾지 못했습니다. 결정 번호(예: space.lease/2026/3), 순번, 기록 ID 가운데 하나를 적어 주십시오.")
            )
        return words_given

    def wanted(self) -> Wanted:
        """What the reader looks for; everything while the form has errors."""
        if not self.is_valid():
            return Wanted()
        given = self.cleaned_data
        return Wanted(given["kind"], given["q"], given["since"], given["until"])


def kinds() -> list[tuple[Any, Any]]:
    """Every kind of leaf by its title, grouped by room, with the whole room first."""
    rooms: dict[str, list[tuple[str, Any]]] = {}
    for event in registry.all_types():
        rooms.setdefault(event.name.partition(".")[0], []).append((event.label, event.title or event.label))
    groups = [
        (words.of("room", room), [(room, format_lazy(_("{room}: 모두"), room=words.of("room", room))), *found])
        for room, found in rooms.items()
    ]
    return [("", _("모든 종류")), *groups]
