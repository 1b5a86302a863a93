"""The kinds of questions: each asks by a Django field, keeps JSON, and shows it as people read it. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from portal.intake.canonical import MAX_INTEGER, clean_text

_DEFAULT_TEXT, _DEFAULT_LONG_TEXT = 200, 3000


def both(text: str | Promise | Mapping[str, str]) -> dict[str, str]:
    """A translated sentence in Korean and English, for what is kept and read later in either language."""
    if isinstance(text, Mapping):
        return dict(text)
    found = {}
    for language in ("ko", "en"):
        with override(language):
            found[language] = str(text)
    return found


def in_language(pair: Mapping[str, str] | str | None) -> str:
    """The Korean or English text of ``{"ko": …, "en": …}``; Korean where English is missing."""
    if pair is None or isinstance(pair, str):
        return pair or ""
    return pair.get((get_language() or "ko")[:2]) or pair.get("ko", "")


@dataclass(frozen=True, slots=True)
class Block:
    """One question. ``limits`` depends on the kind; ``shown_if`` is ``(earlier block, value)``."""

    code: str
    kind: str
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    shown_if: tuple[str, Any] | None = None
    from_stage: int = 0
    hidden_when_blind: bool = False

    @property
    def label_text(self) -> str:
        return in_language(self.label)

    @property
    def help_text(self) -> str:
        return in_language(self.help)


class BlockKind:
    """How one kind of block asks, keeps and shows; rooms subclass it for blocks of their own."""

    #: What officers call the kind when they write a form; a programme's own kinds set it.
    name: str | Promise = ""
    #: Kinds without an input on the page answer None from ``field``.
    has_field = True
    #: For the desk alone: no panel reads the answer, blind or not.
    for_desk = False

    def field(self, block: Block) -> forms.Field | None:
        """The Django field that asks and checks."""
        raise NotImplementedError

    def stored(self, value: Any) -> Any:
        """The cleaned value as JSON; None for no answer."""
        return None if value in ("", None, []) else value

    def shown(self, block: Block, value: Any) -> str:
        """The stored value as people read it."""
        return "" if value is None else str(value)

    def check(self, block: Block, value: Any) -> list[str]:
        """What is wrong with a stored value, as sentences."""
        asked = self.field(block)
        if asked is None:
            return []
        try:
            asked.clean(value)
        except ValidationError as error:
            return [str(message) for message in error.messages]
        return []


def _common(block: Block) -> dict[str, Any]:
    return {"label": block.label_text, "help_text": block.help_text, "required": block.required}


class Text(BlockKind):
    def field(self, block: Block) -> forms.Field:
        return forms.CharField(max_length=block.limits.get("max_chars", _DEFAULT_TEXT), **_common(block))

    def stored(self, value: Any) -> Any:
        return clean_text(value) or None


class LongText(Text):
    def field(self, block: Block) -> forms.Field:
        longest = block.limits.get("max_chars", _DEFAULT_LONG_TEXT)
        return forms.CharField(max_length=longest, widget=forms.Textarea(attrs={"rows": 8}), **_common(block))


class NumberField(forms.IntegerField):
    """A whole number, typed with or without thousands separators."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        return super().to_python(value.replace(",", "").strip() if isinstance(value, str) else value)


class Integer(BlockKind):
    def field(self, block: Block) -> forms.Field:
        least, most = block.limits.get("min", 0), min(block.limits.get("max", MAX_INTEGER), MAX_INTEGER)
        return NumberField(min_value=least, max_value=most, **_common(block))

    def shown(self, block: Block, value: Any) -> str:
        return f"{value:,}" if isinstance(value, int) else super().shown(block, value)


class Money(Integer):
    """Whole won."""

    def shown(self, block: Block, value: Any) -> str:
        from portal.core.money import won

        return won(value, get_language() or "ko") if isinstance(value, int) else super().shown(block, value)


class Area(BlockKind):
    """Square metres with two decimals, kept as a decimal string."""

    def field(self, block: Block) -> forms.Field:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        return forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, widget=widget, **_common(block))

    def stored(self, value: Any) -> Any:
        return None if value in ("", None) else format(Decimal(value), "f")

    def shown(self, block: Block, value: Any) -> str:
        return f"{value} ㎡" if value else ""


class Date(BlockKind):
    def field(self, block: Block) -> forms.Field:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return forms.DateField(widget=widget, input_formats=["%Y-%m-%d", "%Y.%m.%d", "%Y. %m. %d"], **_common(block))

    def stored(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else (value or None)


class Choice(BlockKind):
    def field(self, block: Block) -> forms.Field:
        return forms.ChoiceField(choices=self.options(block), widget=forms.RadioSelect, **_common(block))

    def options(self, block: Block) -> list[tuple[str, str]]:
        """Code and words of each choice."""
        return [(option["code"], in_language(option["name"])) for option in block.limits.get("choices", ())]

    def shown(self, block: Block, value: Any) -> str:
        return dict(self.options(block)).get(value, super().shown(block, value))


class Choices(Choice):
    def field(self, block: Block) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=self.options(block), widget=forms.CheckboxSelectMultiple, **_common(block)
        )

    def shown(self, block: Block, value: Any) -> str:
        words = dict(self.options(block))
        return ", ".join(str(words.get(code, code)) for code in value) if isinstance(value, list) else ""


class Declaration(BlockKind):
    """A statement that the applicant confirms; where required, only a confirmation can be sent."""

    def field(self, block: Block) -> forms.Field:
        return forms.BooleanField(**_common(block))

    def stored(self, value: Any) -> Any:
        return True if value is True else None

    def shown(self, block: Block, value: Any) -> str:
        return str(_("확인함") if value is True else _("확인하지 않음"))


class Consent(Declaration):
    """One consent. Refusing an optional one refuses nothing else."""

    def shown(self, block: Block, value: Any) -> str:
        return str(_("동의함") if value is True else _("동의하지 않음"))


class File(BlockKind):
    """Files go up one request each; the page form carries none."""

    has_field = False

    def field(self, block: Block) -> None:
        return None


class CompanyCard(BlockKind):
    """The company as the portal knows it, frozen into the revision when it is sent."""

    has_field = False

    def field(self, block: Block) -> None:
        return None
