from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """Ways beside the inbox, which everything reaches."""

    EMAIL = "EMAIL", _("전자우편")
