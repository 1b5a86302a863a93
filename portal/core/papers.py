"""Decisions on paper: one sober page in Korean or English, as PDF/UA, the same bytes for the same words.

A room says what stands on the paper; this says how it looks. The QR code leads to the entry of the audit ledger, so
whoever is shown the paper can check that the decision stands there.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import segno
import typst
from django.conf import settings
from django.http import FileResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ledger import log
from portal.core.ui.parts import Row

SEOUL = ZoneInfo("Asia/Seoul")
TEMPLATE = Path(__file__).parent / "paper.typ"
#: What no document of ours holds and typst would not draw.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with names and values, with sentences, or with a table of amounts.

    ``columns`` heads the table, the first for what stands in front; the last of its ``lines`` is the total.
    """

    heading: Text
    rows: Sequence[Row] = ()
    text: Sequence[Text] = ()
    columns: Sequence[Text] = ()
    lines: Sequence[Sequence[Text]] = ()


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where to look for oneself: an address of ours as text and as a QR code, and what waits there."""

    heading: Text
    text: Text
    address: str
    alt: Text


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the PDF, for programs that read it; ``text`` in UTF-8."""

    name: str
    mime_type: str
    title: Text
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper. ``at`` is when what it says was so: it dates the file, never the moment of printing."""

    title: Text
    number: Text
    at: datetime
    to: Text
    parts: Sequence[Part]
    entry: log.Printed | None = None
    closing: Text = ""
    pointer: Pointer | None = None
    attached: Attached | None = None


def pdf(paper: Paper) -> bytes:
    """The paper as PDF in the present language. The same paper gives the same bytes."""
    said = json.dumps(_plain(paper), ensure_ascii=False)
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"paper": said},
        pdf_standards=["ua-1"],
        timestamp=int(paper.at.timestamp()),
    )


def answer(paper: Paper, name: str) -> FileResponse:
    """The PDF for its reader alone: sent as a file, kept by no cache."""
    response = FileResponse(io.BytesIO(pdf(paper)), as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The portal's own font; nothing of the machine's, or the same words would look otherwise elsewhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[settings.PAPER_FONT_DIR])


def _plain(paper: Paper) -> dict[str, Any]:
    """The paper as the template reads it: text only."""
    entry = paper.entry
    return {
        "lang": get_language() or "ko",
        "title": _text(paper.title),
        "number": _text(paper.number),
        "to": _text(paper.to),
        "at": f"{paper.at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}",
        "day": list(paper.at.astimezone(SEOUL).timetuple()[:3]),
        "issuer": " · ".join([_("마당"), urlsplit(settings.SITE_URL).netloc]),
        "closing": _text(paper.closing),
        "parts": [_part(part) for part in paper.parts],
        "entry": _entry(entry) if entry else None,
        "pointer": _pointer(paper.pointer) if paper.pointer else None,
        "attached": _attached(paper.attached) if paper.attached else None,
    }


def _pointer(pointer: Pointer) -> dict[str, Any]:
    return {
        "heading": _text(pointer.heading),
        "text": _text(pointer.text),
        "address": pointer.address,
        "alt": _text(pointer.alt),
        "qr": _qr(pointer.address),
        "rows": [],
    }


def _attached(file: Attached) -> dict[str, str]:
    return {"name": file.name, "mime": file.mime_type, "title": _text(file.title), "text": file.text}


def _qr(address: str) -> str:
    return str(segno.make(address, error="m").svg_inline(border=0, scale=4))


def _part(part: Part) -> dict[str, Any]:
    return {
        "heading": _text(part.heading),
        "rows": [[_text(row.label), _text(row.value)] for row in part.rows],
        "text": [_text(line) for line in part.text],
        "columns": [_text(column) for column in part.columns],
        "lines": [[_text(cell) for cell in line] for line in part.lines],
    }


def _entry(entry: log.Printed) -> dict[str, Any]:
    address = settings.SITE_URL + reverse("ledger:leaf", args=[entry.id])
    return {
        "heading": _("감사원장 기록"),
        "text": _("이 결정은 누구나 확인할 수 있는 공개 감사원장에 남았습니다. 코드를 찍으면 그 기록이 열립니다."),
        "address": address,
        "alt": _("감사원장 기록으로 가는 QR 코드"),
        "qr": _qr(address),
        "rows": [
            [_("기록한 일"), _text(entry.title)],
            *([[_("결정번호"), entry.number]] if entry.number else []),
            [_("기록 시각"), f"{entry.at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"],
            [_("기록 번호"), entry.id],
            [_("기록 해시"), entry.hash],
        ],
    }


def _text(value: object) -> str:
    return _CONTROL.sub("", str(value))
