"""How a reader narrows the list of leaves."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ledger import browsing, registry, words
from ledger.browsing import Wanted


class DayInput(forms.DateInput):
    """The browser's own date control."""

    input_type = "date"


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
        self.fields["kind"].widget = forms.Select(choices=kinds())

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
