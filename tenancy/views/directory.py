"""The public directory of tenants and alumni, and the company's own entry with its consents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.accounts.models import Organisation
from portal.accounts.queries import organisations_of
from portal.core.clock import database_now
from portal.core.ui.case import Act, Case, show
from tenancy import queries, resident_forms, rules, services
from tenancy.models import Hub, Listing
from tenancy.views.shared import SignedIn

#: How many companies stand on one page of the directory.
PER_PAGE = 24


@never_cache
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Who lives here and who graduated, as far as each company lets it be shown."""
    on = queries.day_of(database_now())
    hubs = [(hub.code, str(hub)) for hub in Hub.objects.all()]
    form = resident_forms.DirectoryForm(request.GET or None, hubs=hubs)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    standing = asked.pop("standing", "")
    found = queries.directory(on, **asked)
    entries = [entry for entry in sorted(found, key=lambda one: one.alumni) if _stands(entry, standing)]
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    alumni = sum(entry.alumni for entry in entries)
    context = {
        "form": form,
        "page": page,
        "tenants": [entry for entry in page if not entry.alumni],
        "alumni": [entry for entry in page if entry.alumni],
        "tenant_count": len(entries) - alumni,
        "alumni_count": alumni,
        "asked": any(asked.values()) or bool(standing),
        "linked": _linked(request, list(page)),
        "mine": _masters(request),
    }
    return render(request, "tenancy/directory.html", context)


def _stands(entry: queries.Entry, standing: str) -> bool:
    """Whether the company is what was asked for: a tenant, an alumnus, or either."""
    return not standing or entry.alumni == (standing == resident_forms.ALUMNI)


def _masters(request: HttpRequest) -> list[Organisation]:
    return [company for company in organisations_of(request.user) if company.master_here]  # type: ignore[attr-defined]


def _linked(request: HttpRequest, entries: list[queries.Entry]) -> str:
    """The same as schema.org reads it; ``<`` escaped, for it stands inside a script element."""
    items = [
        {"@type": "ListItem", "position": place, "item": _organisation(request, entry)}
        for place, entry in enumerate(entries, start=1)
    ]
    data = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _organisation(request: HttpRequest, entry: queries.Entry) -> dict[str, str]:
    company = entry.organisation
    found = {"@type": "Organization", "name": entry.name}
    if entry.intro:
        found["description"] = entry.intro
    if entry.web:
        found["url"] = entry.web
    if entry.contact:
        found["email"] = entry.contact
    if entry.has_logo:
        found["logo"] = request.build_absolute_uri(reverse("tenancy:logo", args=[company.public_id]))
    return found


@never_cache
@require_safe
def logo(request: HttpRequest, company: UUID) -> FileResponse:
    """A company's logo while it consents to showing it."""
    found = queries.logo_of(company, queries.day_of(database_now()))
    if found is None:
        raise Http404
    return FileResponse(found.logo.open("rb"), content_type=found.logo_type)


@login_required
def listing(request: SignedIn, company: UUID) -> HttpResponse:
    """The company's own entry: what it says, and what of it may be shown."""
    found = get_object_or_404(Organisation, public_id=company)
    rules.check_can_publish_listing(request.user, found)
    row = Listing.objects.filter(organisation=found).first()

    def save(answers: Mapping[str, Any], now: datetime) -> None:
        values = {name: value for name, value in answers.items() if name not in ("shown", "logo")}
        services.save_listing(
            organisation=found, values=values, shown=answers["shown"], logo=answers["logo"] or None,
            by=request.user, now=now,
        )  # fmt: skip

    kept = ("sector", "intro_ko", "intro_en", "web", "contact")
    initial: dict[str, Any] = {name: getattr(row, name) for name in kept} if row else {}
    act = Act(
        "save",
        _("소개와 공개 동의"),
        resident_forms.ListingForm,
        _("저장하고 공개하기"),
        save,
        _("저장했습니다. 동의한 항목만 공개됩니다."),
        initial={**initial, "shown": sorted(queries.consents_of_listing(found))},
    )
    case = Case(
        title=_("입주기업 소개"),
        back=(_("입주기업과 졸업기업"), reverse("tenancy:directory")),
        caption=found,
        lead=_("항목마다 따로 동의하며, 언제든지 거둘 수 있습니다. 거두면 바로 보이지 않습니다."),
        acts=[act],
        recorded=list(row.consents.order_by("-pk")[:5]) if row else [],
    )
    return show(request, case)
