"""Amounts as people type them, in the currency of their sub-fund."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fund.workbook.layout import places_of
from portal.core.ui.fields import AmountInput, WonField


class MoneyField(WonField):
    """An amount that people read and write in units, ``1,200.50``, and that is minor units inside; won until told."""

    currency = "KRW"

    def keep_in(self, currency: str) -> None:
        """From now on amounts are of this currency (ISO 4217)."""
        self.currency = currency
        if currency != "KRW" and isinstance(self.widget, AmountInput):
            self.widget.unit, self.widget.words = currency, False
            self.widget.attrs["inputmode"] = "decimal" if places_of(currency) else "numeric"

    def to_python(self, value: Any) -> int | None:
        places = places_of(self.currency)
        if self.currency == "KRW" or value in self.empty_values:
            return super().to_python(value)
        text = re.sub(rf"[,\s]|{self.currency}", "", str(value), flags=re.IGNORECASE)
        if not re.fullmatch(r"[+-]?\d{1,18}(\.\d*)?", text, flags=re.ASCII):
            raise ValidationError(_("금액을 숫자로 적어 주십시오."), code="invalid")
        minor = Decimal(text).scaleb(places)
        if minor != minor.to_integral_value():
            raise ValidationError(
                _("소수점 아래는 %(places)s자리까지 적을 수 있습니다.") % {"places": places}, code="invalid"
            )
        return int(minor)

    def prepare_value(self, value: Any) -> Any:
        """What was typed as it was typed; an amount of ours in units."""
        if self.currency == "KRW" or not isinstance(value, int) or isinstance(value, bool):
            return value
        places = places_of(self.currency)
        return f"{Decimal(value).scaleb(-places):.{places}f}"


class MoneyForm(forms.Form):
    """A form about one sub-fund, whose amounts are all in its currency."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.keep_in(currency)
