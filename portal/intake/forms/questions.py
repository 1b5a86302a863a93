"""Forms of the form builder: a page, and a question of any kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.intake.blocks.table import CELLS
from portal.intake.forms.editor import names_of, pair, read_value, text_field, unpair, written


class PageForm(forms.Form):
    """A page of the application form."""

    code = forms.RegexField(r"[a-z][a-z0-9_]{0,40}", label=_("코드"), help_text=_("영문 소문자. 예: business"))
    name_ko = text_field(_("쪽 이름"))
    name_en = text_field(_("쪽 이름(영문)"), required=False)

    def row(self) -> dict[str, Any]:
        return {"code": self.cleaned_data["code"], "name": pair(self.cleaned_data, "name"), "blocks": []}


KINDS = {
    "text": _("짧은 글"),
    "long_text": _("긴 글"),
    "integer": _("정수"),
    "money": _("금액"),
    "area": _("면적"),
    "date": _("날짜"),
    "choice": _("하나 고르기"),
    "choices": _("여럿 고르기"),
    "table": pgettext_lazy("question", "표"),
    "avoided": _("기피하는 사람·기관"),
    "file": _("파일"),
    "declaration": _("확인"),
    "consent": _("동의"),
    "company_card": _("기업 정보"),
}


class BlockForm(forms.Form):
    """A question of the application form."""

    code = forms.RegexField(r"[a-z][a-z0-9_]{0,40}", label=_("코드"), help_text=_("영문 소문자. 예: summary"))
    kind = forms.ChoiceField(label=_("종류"))
    label_ko = text_field(_("질문"))
    label_en = text_field(_("질문(영문)"), required=False)
    help_ko = text_field(_("도움말"), rows=2, required=False)
    help_en = text_field(_("도움말(영문)"), rows=2, required=False)
    required = forms.BooleanField(label=_("꼭 답해야 합니다"), required=False)
    max_chars = forms.IntegerField(label=_("글자 수 한도"), min_value=1, max_value=20_000, required=False)
    least = forms.IntegerField(label=_("가장 작은 수"), min_value=0, required=False)
    most = forms.IntegerField(label=_("가장 큰 수"), min_value=0, required=False)
    choices = text_field(
        _("고를 것"),
        rows=4,
        help_text=_("한 줄에 하나씩: 코드 | 한국어 | 영어. 하나 또는 여럿 고르기에만 씁니다."),
        required=False,
    )
    columns = text_field(
        _("표의 칸"),
        rows=4,
        help_text=_("한 줄에 하나씩: 코드 | 종류(text, integer, money, date) | 한국어 | 영어. 표에만 씁니다."),
        required=False,
    )
    shown_if_block = forms.ChoiceField(label=_("이 질문의 답에 따라 보이기"), required=False)
    shown_if_value = text_field(_("그 답이 이것일 때(코드)"), help_text=_("확인과 동의는 true입니다."), required=False)
    from_stage = forms.TypedChoiceField(
        label=_("언제 묻나요"),
        help_text=_("나중에 묻는 문항은 그 단계로 가는 기업에만 묻고, 기한 안에 답한 것만 그 단계에서 평가합니다."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    hidden_when_blind = forms.BooleanField(label=_("이름을 가린 평가에서는 보이지 않습니다"), required=False)

    def __init__(
        self,
        *args: Any,
        kinds: Any,
        earlier: Any,
        stages: Sequence[str] = (),
        block: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        initial = self.read(block) if block else {}
        self.before = dict(block or {})
        super().__init__(*args, **{"initial": initial, **options})
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        later = [(number, _("%(stage)s 전") % {"stage": name}) for number, name in enumerate(stages, start=1)]
        self.fields["from_stage"].choices = [(0, _("신청할 때")), *later]  # type: ignore[attr-defined]
        self.fields["shown_if_block"].choices = [("", _("언제나 보임")), *earlier]  # type: ignore[attr-defined]

    @staticmethod
    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        limits, condition = row.get("limits", {}), row.get("shown_if") or {}
        lines = [" | ".join([one["code"], *names_of(one)]) for one in limits.get("choices", ())]
        columns = [
            " | ".join([one["code"], one.get("kind", "text"), *names_of(one)]) for one in limits.get("columns", ())
        ]
        return {
            **{name: row.get(name) for name in ("code", "kind", "required", "hidden_when_blind")},
            "from_stage": row.get("from_stage", 0),
            **unpair("label", row["label"]),
            **unpair("help", row.get("help")),
            "max_chars": limits.get("max_chars"),
            "least": limits.get("min"),
            "most": limits.get("max"),
            "choices": "\n".join(lines),
            "columns": "\n".join(columns),
            "shown_if_block": condition.get("block", ""),
            "shown_if_value": written(condition["is"]) if condition else "",
        }

    def clean_choices(self) -> list[dict[str, Any]]:
        found = []
        for line in filter(str.strip, self.cleaned_data["choices"].splitlines()):
            code, *names = (part.strip() for part in line.split("|"))
            if not re.fullmatch(r"[A-Za-z0-9_]{1,40}", code) or not names or len(names) > 2:
                raise forms.ValidationError(
                    _("“%(line)s”: 코드 | 한국어 | 영어로 적어 주십시오."), params={"line": line}
                )
            found.append({"code": code, "name": dict(zip(("ko", "en"), names, strict=False))})
        return found

    def clean_columns(self) -> list[dict[str, Any]]:
        """What this form does not ask of a column stays."""
        before = {one["code"]: one for one in self.before.get("limits", {}).get("columns", ())}
        found = []
        for line in filter(str.strip, self.cleaned_data["columns"].splitlines()):
            code, kind, *names = (*(part.strip() for part in line.split("|")), "", "")[:5]
            names = [name for name in names if name]
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", code) or kind not in CELLS or not 1 <= len(names) <= 2:
                raise forms.ValidationError(
                    _("“%(line)s”: 코드 | 종류 | 한국어 | 영어로 적어 주십시오."), params={"line": line}
                )
            found.append(
                before.get(code, {})
                | {"code": code, "kind": kind, "name": dict(zip(("ko", "en"), names, strict=False))}
            )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "table" and not cleaned.get("columns") and "columns" not in self.errors:
            self.add_error("columns", _("표의 칸을 적어 주십시오."))
        if cleaned.get("kind") in ("choice", "choices") and not cleaned.get("choices") and "choices" not in self.errors:
            self.add_error("choices", _("고를 것을 적어 주십시오."))
        if cleaned.get("shown_if_block") and not cleaned.get("shown_if_value"):
            self.add_error("shown_if_value", _("어떤 답일 때 보일지 적어 주십시오."))
        return cleaned

    def row(self) -> dict[str, Any]:
        """The question as edited; what this form does not ask for stays."""
        cleaned = self.cleaned_data
        given = {"max_chars": cleaned["max_chars"], "min": cleaned["least"], "max": cleaned["most"]}
        kept = {
            name: value
            for name, value in self.before.get("limits", {}).items()
            if name not in (*given, "choices", "columns")
        }
        limits = kept | {name: value for name, value in given.items() if value is not None}
        if cleaned["choices"]:
            limits["choices"] = cleaned["choices"]
        if cleaned["columns"] and cleaned["kind"] == "table":
            limits["columns"] = cleaned["columns"]
        row: dict[str, Any] = {
            name: value for name, value in self.before.items() if name not in ("shown_if", "from_stage")
        }
        row |= {name: cleaned[name] for name in ("code", "kind", "required", "hidden_when_blind")}
        row |= {"label": pair(cleaned, "label"), "help": pair(cleaned, "help"), "limits": limits}
        if cleaned["from_stage"]:
            row["from_stage"] = cleaned["from_stage"]
        if cleaned["shown_if_block"]:
            value = read_value("", cleaned["shown_if_value"])
            row["shown_if"] = {"block": cleaned["shown_if_block"], "is": value}
        return row
