"""Forms of the tour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.mice.enums import Language

_PHONE = re.compile(r"\+?[0-9]{8,15}")


def guide_by(email: str) -> User | None:
    """The person with this address; none was named: nobody yet."""
    if not email:
        return None
    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise forms.ValidationError(_("이 전자우편으로 가입한 사람이 없습니다."))
    return found


class BookingForm(forms.Form):
    """Who comes, with how many, and how they are reached. No account is needed."""

    party = forms.IntegerField(
        label=_("인원"), min_value=1, max_value=500, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    name = forms.CharField(label=_("이름"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("전자우편"),
        required=False,
        help_text=_("확정, 취소와 빈자리를 편지로 알려 드립니다."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("휴대전화"),
        required=False,
        max_length=20,
        help_text=_("전자우편이나 휴대전화 가운데 하나는 적어 주십시오."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    access_needs = forms.CharField(
        label=_("이동·관람에 필요한 도움"),
        required=False,
        max_length=300,
        help_text=_("휠체어, 수어, 보조견처럼 해설사가 미리 알아야 할 것을 적어 주십시오."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    code = forms.CharField(
        label=_("행사 코드"),
        required=False,
        max_length=40,
        help_text=_("참가하는 행사에서 받은 코드가 있으면 적어 주십시오."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consent = forms.BooleanField(
        label=_("이름과 연락처, 적은 도움을 투어 안내에만 쓰고 투어 30일 뒤 지우는 데 동의합니다.")
    )
    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, with_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]

    def clean_phone(self) -> str:
        given = re.sub(r"[\s().-]", "", self.cleaned_data["phone"])
        if given and not _PHONE.fullmatch(given):
            raise forms.ValidationError(_("전화번호를 숫자로 적어 주십시오. 예: 010-1234-5678"))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        unreadable = {"email", "phone"} & self.errors.keys()
        if not unreadable and not given.get("email") and not given.get("phone"):
            self.add_error("email", _("전자우편이나 휴대전화를 적어 주십시오. 그래야 예약을 확인해 드릴 수 있습니다."))
        return given


class GroupForm(BookingForm):
    """A group asks for a session of its own."""

    wished_at = forms.DateTimeField(
        label=_("원하는 때"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    token = None  # type: ignore[assignment]
    field_order = ("party", "wished_at")


class LeadForm(forms.Form):
    """When, in which language and with whom the group goes."""

    starts_at = forms.DateTimeField(
        label=_("시작"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    language = forms.ChoiceField(label=_("해설 언어"), choices=Language.choices)
    guide = forms.EmailField(label=_("해설사의 전자우편"), required=False)

    def clean_guide(self) -> User | None:
        return guide_by(self.cleaned_data["guide"])


class ChangeForm(forms.Form):
    """Another day of the same course, or another number of people."""

    session = forms.ChoiceField(label=_("회차"))
    party = forms.IntegerField(
        label=_("인원"), min_value=1, max_value=500, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )

    def __init__(self, *args: Any, sessions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = list(sessions)  # type: ignore[attr-defined]


class SessionForm(forms.Form):
    """A new session; what is left empty is the course's."""

    starts_at = forms.DateTimeField(
        label=_("시작"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    language = forms.ChoiceField(label=_("해설 언어"), choices=Language.choices)
    guide = forms.EmailField(
        label=_("해설사의 전자우편"),
        required=False,
        help_text=_("마당에 가입한 해설사의 주소입니다. 나중에 정하려면 비워 두십시오."),
    )
    min_people = forms.IntegerField(label=_("최소 인원"), required=False, min_value=1, max_value=500)
    max_people = forms.IntegerField(label=_("최대 인원"), required=False, min_value=1, max_value=500)

    def clean_guide(self) -> User | None:
        return guide_by(self.cleaned_data["guide"])


class ReasonForm(forms.Form):
    """Why a tour is called off; the ledger keeps it."""

    reason = forms.CharField(label=_("이유"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class KeepForm(forms.Form):
    """Places for the registrants of one event."""

    event = forms.CharField(label=_("행사 이름"), max_length=120)
    event_en = forms.CharField(label=_("행사 이름(영어)"), max_length=120, required=False)
    places = forms.IntegerField(label=_("자리 수"), min_value=1, max_value=500)
    release_at = forms.DateTimeField(
        label=_("배정을 푸는 때"),
        help_text=_("그때까지 예약하지 않은 자리는 누구나 예약할 수 있게 됩니다."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class CheckInForm(forms.Form):
    """Who has come, ticked by name."""

    came = forms.MultipleChoiceField(
        label=_("오신 분"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("오신 분을 고르십시오.")},
    )

    def __init__(self, *args: Any, parties: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["came"].choices = list(parties)  # type: ignore[attr-defined]
