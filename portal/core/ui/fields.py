"""Form fields and widgets that know how Koreans write dates and amounts. Usable without JavaScript."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class DateInput(forms.DateInput):
    """The browser's own date control; its value is always ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own control for day and time, in Seoul time, to the second where one is set."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"step": "1", **(attrs or {})}, format="%Y-%m-%dT%H:%M:%S")


WON = _("원")


class AmountInput(forms.TextInput):
    """Digits with a unit behind; to readers of Korean, JavaScript says the amount in 억 and 만 below."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, unit: Any = WON, words: bool = True) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", "data-width": "number", **(attrs or {})})
        self.unit = unit
        self.words = words

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if self.words and (get_language() or "ko").startswith("ko"):
            context["widget"]["attrs"]["data-money"] = "억|만|원"
        return context


class WonField(forms.IntegerField):
    """Whole won. Accepts what people type: ``1,200,000``, ``1200000원``, spaces."""

    widget = AmountInput

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = re.sub(r"[,\s]|원$", "", value)
        return super().to_python(value)
