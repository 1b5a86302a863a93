"""Looking for an event, and for what it was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.mice.enums import AwardStatus


class CalendarForm(forms.Form):
    """What of the calendar one wants to see; nothing chosen is what is still to come."""

    when = forms.ChoiceField(
        label=_("시기"), choices=[("", _("앞으로 열릴 행사")), ("past", _("지난 행사"))], required=False
    )
    month = forms.ChoiceField(label=_("달"), required=False)
    hub = forms.ChoiceField(label=_("클러스터"), required=False)

    def __init__(
        self, *args: Any, months: Sequence[tuple[str, str]], hubs: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [("", _("모든 달")), *months]  # type: ignore[attr-defined]
        self.fields["hub"].choices = [("", _("모든 클러스터")), *hubs]  # type: ignore[attr-defined]


class AwardsForm(forms.Form):
    """Which awards one wants to see."""

    year = forms.ChoiceField(label=_("회계연도"), required=False)
    programme = forms.ChoiceField(label=pgettext_lazy("행사", "지원사업"), required=False)
    status = forms.ChoiceField(label=_("상태"), choices=[("", _("모든 상태")), *AwardStatus.choices], required=False)

    def __init__(self, *args: Any, years: Sequence[int], programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("모든 연도")), *((str(year), str(year)) for year in years)]  # type: ignore[attr-defined]
        self.fields["programme"].choices = [("", _("모든 지원사업")), *programmes]  # type: ignore[attr-defined]
