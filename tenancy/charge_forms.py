"""What is filled in to set a tariff, read the meters of a hub, and share a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.core.ui.fields import DateInput, WonField
from tenancy.enums import MeterKind, SharedKind
from tenancy.services.readings import Reading

_FILES = _("PNG, JPG 또는 PDF, 10MB 이하")


class TariffForm(forms.Form):
    """What a unit of a meter costs from a month on."""

    kind = forms.ChoiceField(label=_("계량기"), choices=MeterKind.choices)
    won = forms.DecimalField(
        label=_("단가(원)"), help_text=_("kWh, ㎥, MWh 하나의 값입니다. 부가가치세는 요율표에 따라 따로 더합니다."),
        max_digits=10, decimal_places=2,
    )  # fmt: skip
    from_month = forms.DateField(label=_("시행하는 달(그 달의 아무 날)"), widget=DateInput)


@dataclass(frozen=True, slots=True)
class Slot:
    """One meter to read: of which lease in which room, and what it showed last."""

    lease: int
    unit: int
    room: str
    company: str
    last: str

    @property
    def key(self) -> str:
        return f"{self.lease}-{self.unit}"


class ReadingsForm(forms.Form):
    """All meters of one kind in a hub, a row for each room; a row left empty is read later."""

    template_name = "tenancy/readings.html"

    def __init__(self, *args: Any, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = slots
        for slot in slots:
            for name, label in (("value", _("검침값")), ("old", _("떼어 낸 값")), ("new", _("새 계량기의 값"))):
                self.fields[f"{name}-{slot.key}"] = forms.DecimalField(
                    label=format_lazy("{room} {label}", room=slot.room, label=label),
                    min_value=0, max_digits=12, decimal_places=3, required=False,
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-width": "number"}),
                )  # fmt: skip
            self.fields[f"photo-{slot.key}"] = forms.FileField(
                label=format_lazy("{room} {label}", room=slot.room, label=_("사진")), required=False
            )

    def lines(self) -> list[tuple[Slot, list[forms.BoundField]]]:
        """Every row with its fields, as the table shows them."""
        return [
            (slot, [self[f"{name}-{slot.key}"] for name in ("value", "old", "new", "photo")]) for slot in self.slots
        ]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if not self.errors and not any(answers.get(f"value-{slot.key}") is not None for slot in self.slots):
            raise forms.ValidationError(_("검침값을 하나 이상 적어 주십시오."))
        for slot in self.slots:
            given = any(answers.get(f"{name}-{slot.key}") for name in ("old", "new", "photo"))
            if given and answers.get(f"value-{slot.key}") is None and f"value-{slot.key}" not in self.errors:
                self.add_error(f"value-{slot.key}", _("지금 보이는 값도 적어 주십시오."))
        return answers

    def readings(self) -> list[Reading]:
        """The rows that were filled in, as the service wants them."""
        given = self.cleaned_data
        return [
            Reading(
                slot.lease, slot.unit, given[f"value-{slot.key}"], given[f"old-{slot.key}"], given[f"new-{slot.key}"],
                given[f"photo-{slot.key}"],
            )
            for slot in self.slots
            if given[f"value-{slot.key}"] is not None
        ]  # fmt: skip


class CostForm(forms.Form):
    """A cost that several bear."""

    kind = forms.ChoiceField(label=_("비용의 종류"), choices=SharedKind.choices)
    floor = forms.ChoiceField(label=_("나눌 곳"), required=False)
    amount = WonField(
        label=_("금액"),
        help_text=_("부가가치세는 요율표에 따라 기업마다 따로 더합니다."),
        min_value=1,
        max_value=10**12,
    )
    evidence = forms.FileField(label=_("증빙(청구서)"), help_text=_FILES)

    def __init__(self, *args: Any, floors: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["floor"].choices = [("", _("거점 전체")), *floors]  # type: ignore[attr-defined]


class VoidReadingForm(forms.Form):
    """A reading that was wrong."""

    reading = forms.ChoiceField(label=_("취소할 검침"))
    reason = forms.CharField(label=_("이유"), max_length=400)

    def __init__(self, *args: Any, readings: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reading"].choices = readings  # type: ignore[attr-defined]
