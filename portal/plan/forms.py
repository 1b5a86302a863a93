from django import forms

from portal.plan.models import Progress


class ProgressForm(forms.ModelForm):
    """How far a promise has come, with the source that says so."""

    class Meta:
        model = Progress
        fields = ["state", "on_date", "text_ko", "text_en", "source_title", "source_url"]
        widgets = {
            "state": forms.RadioSelect,
            "on_date": forms.DateInput(attrs={"type": "date"}),
            "text_ko": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
        }
