"""Forms of the account. Each keeps what was typed; each says what is wrong and what to do."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.consents import TEXTS
from portal.accounts.enums import AffiliationKind, DisclosureBasis, HoldBasis, Origin, ScopeKind
from portal.accounts.models import Affiliation, Cluster, Organisation, User
from portal.accounts.roles import ROLES
from portal.accounts.services import change_profile, give_consent
from portal.core.clock import database_now
from portal.core.ui.fields import DateInput

LANGUAGES = [("ko", "한국어"), ("en", "English")]


class ConsentFields(forms.Form):
    """One box for each text; optional ones may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for text in TEXTS.values():
            self.fields[f"consent_{text.purpose}"] = forms.BooleanField(
                label=str(text.label),
                help_text=str(text.text),
                required=text.required,
                error_messages={"required": _("계정을 만들려면 동의가 필요합니다.")},
            )

    def consented(self) -> list[str]:
        """The purposes whose box is ticked."""
        return [purpose for purpose in TEXTS if self.cleaned_data.get(f"consent_{purpose}")]


class SignupForm(ConsentFields, AllauthSignupForm):
    """E-mail, name, language, password and the consents, each its own row."""

    name = forms.CharField(label=_("이름"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("안내받을 언어"), choices=LANGUAGES, widget=forms.RadioSelect)
    field_order = ("email", "name", "language", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()
        self.fields["email"].widget.attrs.pop("placeholder", None)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        return super().save(request)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the person has a row."""
        change_profile(by=user, name=self.cleaned_data["name"], language=self.cleaned_data["language"])
        now = database_now()
        for purpose in self.consented():
            give_consent(by=user, purpose=purpose, now=now)


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("안내받을 언어"), choices=LANGUAGES, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ("name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class OrganisationForm(forms.ModelForm):
    """The company as on its registration certificate. The number is checked by the service."""

    business_number = forms.CharField(
        label=_("사업자등록번호"),
        required=False,
        max_length=20,
        help_text=_("숫자 10자리. 예: 123-45-67891. 국외 기업은 없으면 비워 두십시오."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )
    origin = forms.ChoiceField(label=_("국내·국외"), choices=Origin, initial=Origin.DOMESTIC, widget=forms.RadioSelect)

    field_order = ("origin", "business_number")

    class Meta:
        model = Organisation
        # The number is not among them: the service's answer to one taken says how to be invited, not by whom.
        fields = ("origin", "name_ko", "name_en", "representative", "opened_date", "address", "business_kind")
        widgets = {"opened_date": DateInput}


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("동료의 전자우편 주소"),
        help_text=_("이 주소로 초대를 보냅니다. 14일 안에 수락할 수 있습니다."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class AffiliationForm(forms.ModelForm):
    """A parent or subsidiary. The number is checked by the service."""

    business_number = forms.CharField(
        label=_("사업자등록번호"),
        max_length=20,
        help_text=_("숫자 10자리. 예: 123-45-67891"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )
    kind = forms.ChoiceField(label=_("귀사와의 관계"), choices=AffiliationKind, widget=forms.RadioSelect)
    field_order = ("kind", "name", "business_number", "since_date")

    class Meta:
        model = Affiliation
        fields = ("kind", "name", "since_date")
        widgets = {"since_date": DateInput}


class EndAffiliationForm(forms.Form):
    until_date = forms.DateField(label=_("관계가 끝난 날"), widget=DateInput)


class RoleForm(forms.Form):
    """Giving a role to a person who has an account."""

    email = forms.EmailField(label=_("전자우편"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("역할"), choices=lambda: [(role.code, role.name) for role in ROLES.values()])
    cluster = forms.ModelChoiceField(
        label=_("클러스터"), queryset=Cluster.objects.all(), required=False, empty_label=_("전체")
    )
    scope_kind = forms.ChoiceField(
        label=_("범위 좁히기"), required=False, choices=[("", _("좁히지 않음")), *ScopeKind.choices]
    )
    scope_ref = forms.CharField(label=_("대상 코드"), required=False, max_length=64, help_text=_("예: 거점 코드 mapo"))

    def clean_email(self) -> str:
        """The address of an account that is in use."""
        found = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("이 주소의 계정이 없습니다. 먼저 회원가입을 하도록 안내해 주십시오."))
        self.person = found
        return self.cleaned_data["email"]


def ledger_rooms() -> list[tuple[str, Any]]:
    """Every room that writes into the ledger, and all of them."""
    return [("", _("모든 종류")), *log.rooms()]


class HandOverForm(forms.Form):
    """What an auditor takes from the ledger, and on what legal basis."""

    basis = forms.ChoiceField(label=_("법적 근거"), choices=DisclosureBasis, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("요구 문서"), max_length=500, help_text=_("문서 번호와 감사의 이름을 적습니다. 공개되지 않습니다.")
    )
    kind = forms.ChoiceField(label=_("기록의 종류"), required=False, choices=ledger_rooms)
    since = forms.DateField(label=_("부터"), required=False, widget=DateInput())
    until = forms.DateField(label=_("까지"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        """A period that begins before it ends."""
        given = self.cleaned_data
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("끝나는 날이 시작하는 날보다 앞섭니다."))
        return given


class HoldForm(forms.Form):
    """A legal hold on the data of a person who has an account."""

    email = forms.EmailField(label=_("전자우편"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    basis = forms.ChoiceField(label=_("보존 근거"), choices=HoldBasis, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("보존하는 이유"), max_length=500, help_text=_("사건 번호나 문서 번호를 적습니다. 공개되지 않습니다.")
    )

    def clean_email(self) -> str:
        """The address of an account that is in use."""
        found = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("이 주소의 계정이 없습니다. 주소를 다시 확인해 주십시오."))
        self.person = found
        return self.cleaned_data["email"]
