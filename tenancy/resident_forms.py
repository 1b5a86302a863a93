"""What tenants fill in: requests, and their entry in the public directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from tenancy.enums import ListingField, Sector, TicketCategory


class FilesInput(forms.ClearableFileInput):
    """Several files at once; without JavaScript too."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files; what they are is checked by their content in the service."""

    widget = FilesInput

    def __init__(self) -> None:
        words = _("PNG, JPG, PDF. 한 파일에 10MB, 모두 5개까지. 우리 기업과 담당자만 볼 수 있습니다.")
        super().__init__(label=_("사진이나 파일"), help_text=words, required=False)

    def clean(self, data: Any, initial: Any = None) -> list[File[Any]]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class TicketForm(forms.Form):
    """What is asked for."""

    lease = forms.ChoiceField(label=_("호실"))
    category = forms.ChoiceField(label=_("분류"), choices=TicketCategory.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("제목"), max_length=100)
    text = forms.CharField(label=_("무엇을 해 드릴까요"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    attached = FilesField()

    def __init__(self, *args: Any, rooms: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lease"].choices = rooms  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A line about a request."""

    text = forms.CharField(label=_("내용"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(NoteForm):
    """An answer, with files if need be."""

    attached = FilesField()


class StarsForm(forms.Form):
    """How it went; kept without a name."""

    stars = forms.TypedChoiceField(
        label=_("처리는 어땠습니까"),
        help_text=_("적지 않아도 됩니다. 이름과 요청 내용은 남기지 않고 모아서만 봅니다."),
        choices=[("", _("답하지 않음")), (5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")],
        coerce=int,
        empty_value=None,
        required=False,
    )


class ListingForm(forms.Form):
    """The company's entry, and which of its parts may be shown."""

    shown = forms.MultipleChoiceField(
        label=_("공개에 동의하는 항목"),
        help_text=_("고른 항목만 공개합니다. 고르지 않으면 바로 사라집니다. 졸업한 뒤에는 졸업기업 소개에 동의한 경우에만 남습니다."),
        choices=ListingField.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    sector = forms.ChoiceField(label=_("분야"), choices=Sector.choices)
    intro_ko = forms.CharField(
        label=_("소개"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    intro_en = forms.CharField(
        label=_("영문 소개"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    web = forms.URLField(label=_("누리집"), max_length=200, required=False, assume_scheme="https")
    contact = forms.EmailField(label=_("문의 전자우편"), required=False)
    logo = forms.FileField(label=_("로고"), help_text=_("PNG, JPG. 1MB까지."), required=False)


#: What one may look for in the directory.
TENANT, ALUMNI = "tenant", "alumni"


class DirectoryForm(forms.Form):
    """Looking for a company."""

    words = forms.CharField(label=_("기업명"), max_length=60, required=False)
    hub = forms.ChoiceField(label=_("거점"), required=False)
    sector = forms.ChoiceField(label=_("분야"), choices=[("", _("모든 분야")), *Sector.choices], required=False)
    standing = forms.ChoiceField(
        label=_("구분"),
        choices=[("", _("입주기업과 졸업기업")), (TENANT, _("입주기업")), (ALUMNI, _("졸업기업"))],
        required=False,
    )

    def __init__(self, *args: Any, hubs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].choices = [("", _("모든 거점")), *hubs]  # type: ignore[attr-defined]
