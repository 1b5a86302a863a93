"""The certificate on paper, for its holder: what the page behind its QR code says, with the name, and its signed text."""

from __future__ import annotations

import json

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from college import pdffile, services, tables
from college.models import Credential
from ledger import log
from portal.core.papers import Attached, Paper, Part, Pointer
from portal.core.ui.parts import Row


def certificate(found: Credential) -> Paper:
    """수료증 as issued; whether it still counts stands on the page that it names."""
    run = found.enrolment.run
    leaf = found.leaf or log.last_leaf_of(found)
    page = settings.SITE_URL + reverse("college:certificate", args=[found.public_id])
    return Paper(
        title=_("수료증"),
        number=found.number,
        at=found.issued_at,
        to=found.holder,
        parts=[
            Part(
                _("수료한 과정"),
                [
                    Row(_("과정"), tables.title(run.course)),
                    Row(_("교육장"), tables.campus(run.campus)),
                    Row(_("수료일"), tables.day_of(found.completion.decided_at)),
                    Row(_("발급일"), tables.day_of(found.issued_at)),
                    Row(_("지문"), found.digest),
                ],
            ),
        ],
        pointer=Pointer(
            _("확인하는 곳"),
            _(
                "지금도 유효한지는 누구나 확인할 수 있습니다. 코드를 찍거나, 이 PDF 파일을 수료증 확인 화면에 올려 주십시오."
            ),
            page,
            _("수료증 확인 화면으로 가는 QR 코드"),
        ),
        attached=Attached(
            pdffile.NAME,
            "application/vc+ld+json",
            _("서명한 수료증"),
            json.dumps(services.document_of(found, "both"), ensure_ascii=False),
        ),
        entry=log.printed(leaf) if leaf else None,
    )
