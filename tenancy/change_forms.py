"""What is filled in to change a lease or the rooms of a floor."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.periods import SEOUL
from portal.core.ui.fields import DateInput
from tenancy.enums import RenewalPath
from tenancy.floor_files import MOST_BYTES
from tenancy.services.reshaping import Part

MOST_PARTS = 20


class PartsField(forms.CharField):
    """Rooms to be, one a line: ``810A, 4, 20.00, 8-01 8-02`` (number, seats, area, cells)."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs: Any) -> None:
        words = _(
            "한 줄에 호실 하나: 호실 번호, 좌석, 계약면적(㎡), 구획 코드(빈칸으로 나눔). 예: 810A, 4, 20.00, 8-01 8-02"
        )
        super().__init__(label=_("새 호실"), help_text=words, max_length=2000, **kwargs)

    def clean(self, value: Any) -> list[Part]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_PARTS:
            raise forms.ValidationError(_("한 번에 %(most)s곳까지 적을 수 있습니다.") % {"most": MOST_PARTS})
        return [_part(number, line) for number, line in enumerate(lines, start=1)]


def _part(number: int, line: str) -> Part:
    fields = [field.strip() for field in line.split(",")]
    try:
        code, seats, area, cells = fields
        part = Part(code, int(seats), Decimal(area), tuple(cells.split()))
        exact = part.area_m2.is_finite() and part.area_m2 == part.area_m2.quantize(Decimal("0.01"))
    except (ValueError, InvalidOperation):
        exact = False
    if not exact or not part.cells or len(code) > 20 or not code or part.seats > 9_999 or part.area_m2 >= 100_000:
        text = gettext("%(number)s번째 줄을 읽을 수 없습니다. 쉼표로 나누어 네 가지를 적어 주십시오.")
        raise forms.ValidationError(text % {"number": number})
    return part


class ChangeForm(forms.Form):
    """From which day a lease changes, and why; ``field_order`` puts what changes between the two."""

    on = forms.DateField(label=_("시행일"), widget=DateInput)
    reason = forms.CharField(label=_("이유"), max_length=400)
    field_order = ("unit", "area_m2", "card", "business_number", "parts", "stays_in", "on", "reason")


class RoundForm(forms.Form):
    """When a call for another term takes applications; it opens at midnight and closes at 18:00 in Seoul."""

    opens = forms.DateField(label=_("접수 시작일"), widget=DateInput)
    closes = forms.DateField(label=_("접수 마감일"), help_text=_("그날 18시에 마감합니다."), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        first, last = answers.pop("opens", None), answers.pop("closes", None)
        if first is None or last is None:
            return answers
        if last < first:
            self.add_error("closes", _("접수 마감일이 시작일보다 빠릅니다."))
            return answers
        opens_at, closes_at = datetime.combine(first, time(0), SEOUL), datetime.combine(last, time(18), SEOUL)
        return {"opens_at": opens_at, "closes_at": closes_at}


class PathForm(forms.Form):
    """How a hub decides on another term."""

    path = forms.ChoiceField(label=_("방식"), choices=RenewalPath.choices, widget=forms.RadioSelect)


class InstalmentsField(forms.CharField):
    """Instalments, one a line: ``2020-03-25, 50000``."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs: Any) -> None:
        words = _("한 줄에 하나씩 낼 날과 금액을 적습니다. 합이 미납액과 같아야 합니다. 예: 2020-03-25, 50000")
        super().__init__(label=_("낼 날과 금액"), help_text=words, max_length=1000, **kwargs)

    def clean(self, value: Any) -> list[tuple[date, int]]:
        parts = []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            if not line.strip():
                continue
            try:
                due, amount = line.split(",", 1)
                parts.append((date.fromisoformat(due.strip()), int(amount.replace(",", "").strip())))
            except ValueError as error:
                text = gettext("%(number)s번째 줄을 읽을 수 없습니다. 날짜와 금액을 쉼표로 나누어 적어 주십시오.")
                raise forms.ValidationError(text % {"number": number}) from error
        return parts


class InstalmentsForm(forms.Form):
    """What is overdue, paid in parts."""

    parts = InstalmentsField()


class FloorsForm(forms.Form):
    """A file of floors, and the day from which they are in service."""

    file = forms.FileField(label=_("도면 파일"), help_text=_("UTF-8로 된 JSON 또는 CSV, 2MB까지."))
    from_date = forms.DateField(label=_("사용 시작일"), widget=DateInput)


class ApplyFloorsForm(forms.Form):
    """The very file that was shown."""

    content = forms.CharField(widget=forms.HiddenInput, max_length=4 * MOST_BYTES)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    from_date = forms.DateField(widget=forms.HiddenInput)

    def clean_content(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["content"], validate=True)
        except ValueError as error:
            raise forms.ValidationError(_("파일을 다시 올려 주십시오.")) from error


class MoveForm(ChangeForm):
    """Another room."""

    unit = forms.CharField(label=_("옮길 호실"), help_text=_("같은 거점의 호실 번호를 적습니다."), max_length=20)


class AreaForm(ChangeForm):
    """Another contracted area."""

    area_m2 = forms.DecimalField(label=_("새 계약면적(㎡)"), max_digits=7, decimal_places=2, min_value=Decimal("0.01"))


class RateForm(ChangeForm):
    """Another rate card."""

    card = forms.ChoiceField(label=_("새 요율표"))

    def __init__(self, *args: Any, cards: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["card"].choices = cards  # type: ignore[attr-defined]


class StartForm(ChangeForm):
    """A later first day, which is the day of the amendment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("새 시작일")
        self.fields["on"].help_text = _("입주 전에만 늦출 수 있고, 계약이 끝나는 날은 그대로입니다.")


class SuccessionForm(ChangeForm):
    """Another company takes over."""

    business_number = forms.CharField(
        label=_("이어받을 기업의 사업자등록번호"),
        help_text=_("먼저 이 누리집에 등록한 기업이어야 합니다."),
        max_length=20,
    )


class SwapForm(ChangeForm):
    """Two tenants change rooms."""

    unit = forms.CharField(
        label=_("자리를 바꿀 호실"),
        help_text=_("두 기업의 변경계약을 함께 작성하며, 네 서명이 모두 모이면 같은 날 시행됩니다."),
        max_length=20,
    )


class SplitForm(ChangeForm):
    """The room is split, and the tenant stays in one part."""

    parts = PartsField()
    stays_in = forms.CharField(label=_("입주기업이 남을 새 호실"), max_length=20)


class RevokeForm(forms.Form):
    """An offer is taken back."""

    reason = forms.CharField(label=_("취소하는 이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    pass_on = forms.BooleanField(
        label=_("호실을 바로 다음 순위 기업에 제안합니다."),
        help_text=_("호실에 문제가 있으면 고르지 마십시오. 제안이 취소된 기업은 선정된 채로 먼저 제안을 받습니다."),
        required=False,
    )


class HearingForm(forms.Form):
    """The tenant was heard."""

    heard_date = forms.DateField(label=_("의견을 들은 날"), widget=DateInput)
    reason = forms.CharField(label=_("해지하려는 이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class TerminateForm(forms.Form):
    """The day by which the room is left."""

    leave_date = forms.DateField(label=_("퇴거일"), widget=DateInput)
    reason = forms.CharField(label=_("해지 이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class GraduateForm(forms.Form):
    """The day on which a company that has outgrown the hub leaves, and what it has grown to."""

    leave_date = forms.DateField(label=_("졸업일"), widget=DateInput)
    reason = forms.CharField(label=_("졸업하는 이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class ReshapeForm(forms.Form):
    """Rooms end on a day, and others begin over the same cells."""

    units = forms.CharField(
        label=_("없앨 호실"), help_text=_("나눌 호실 하나, 또는 합칠 호실들을 쉼표로 나누어 적습니다."), max_length=200
    )
    parts = PartsField()
    on = forms.DateField(label=_("시행일"), widget=DateInput)
    reason = forms.CharField(label=_("이유"), max_length=400)

    def clean_units(self) -> list[str]:
        return [code.strip() for code in self.cleaned_data["units"].split(",") if code.strip()]


class BlockForm(forms.Form):
    """A room is out of use for some days."""

    unit = forms.CharField(label=_("호실"), max_length=20)
    start = forms.DateField(label=_("시작일"), widget=DateInput)
    end = forms.DateField(label=_("다시 쓰는 날"), widget=DateInput)
    note = forms.CharField(label=_("사유"), max_length=200)


class UnblockForm(forms.Form):
    """A blocked room is given back."""

    unit = forms.ChoiceField(label=_("호실"))

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
