"""Forms of the college."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CapacityForm(forms.Form):
    """More or fewer seats."""

    capacity = forms.IntegerField(label=_("정원"), min_value=1, max_value=100_000)


class ReasonForm(forms.Form):
    """A decision that wants its reason in words."""

    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
