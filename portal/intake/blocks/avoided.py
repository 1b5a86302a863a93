"""Whom the applicant asks to avoid (기피): persons or bodies, each with a reason. For the desk; no panel reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.intake.blocks.kinds import Block
from portal.intake.blocks.table import Row, Table, TableField

AVOIDED = "avoided"
_COLUMNS = [
    {"code": "person", "name": {"ko": "사람 이름", "en": "Person"}, "max_chars": 60},
    {"code": "body", "name": {"ko": "기관·기업", "en": "Body or company"}, "max_chars": 120},
    {"code": "reason", "name": {"ko": "까닭", "en": "Reason"}, "max_chars": 300, "required": True},
]
_MOST = 10


class AvoidedField(TableField):
    """Every row names a person or a body."""

    def clean(self, value: Any) -> list[Row]:
        rows = super().clean(value)
        if any(not row.get("person") and not row.get("body") for row in rows):
            raise ValidationError(_("사람 이름이나 기관을 적어 주십시오."), code="whom")
        return rows


class Avoided(Table):
    """Rows of person, body and reason; either of the first two."""

    name = gettext_lazy("기피하는 사람·기관")
    for_desk = True

    def field(self, block: Block) -> forms.Field:
        asked = _with_columns(block)
        return AvoidedField(block=asked, label=block.label_text, help_text=block.help_text, required=block.required)

    def shown(self, block: Block, value: Any) -> str:
        return super().shown(_with_columns(block), value)


def _with_columns(block: Block) -> Block:
    return replace(block, limits={"columns": _COLUMNS, "max_rows": _MOST})
