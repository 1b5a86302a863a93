"""How forms look everywhere: label, hint, error, input, in this order, with an error summary on top."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """``{{ form }}`` renders the summary and all fields; ``{{ form.name.as_field_group }}`` one of them."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
