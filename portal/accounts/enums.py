from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberKind(models.TextChoices):
    """Who may bind the company: the master account (대표 계정) sends and signs, members prepare."""

    MASTER = "MASTER", _("대표 계정")
    MEMBER = "MEMBER", _("구성원")


class Origin(models.TextChoices):
    DOMESTIC = "DOMESTIC", _("국내")
    FOREIGN = "FOREIGN", _("국외")


class InvitationStatus(models.TextChoices):
    SENT = "SENT", _("초대함")
    ACCEPTED = "ACCEPTED", _("수락")
    WITHDRAWN = "WITHDRAWN", _("취소")
