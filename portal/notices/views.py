"""The inbox, the preferences, and the dead letters for staff."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import rules
from portal.accounts.requests import PersonRequest
from portal.core.clock import database_now
from portal.core.models import OutboxMessage
from portal.notices import queries, services

PAGE = 20


@login_required
@require_safe
def inbox(request: PersonRequest) -> HttpResponse:
    """The person's notices, all or only those not read yet."""
    unread = request.GET.get("show") == "unread"
    page = Paginator(queries.inbox(request.user, unread=unread), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "only_unread": unread, "unread_count": queries.unread_count(request.user)}
    return render(request, "notices/inbox.html", context)


@login_required
@require_POST
def opened(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Mark one as read and go where it leads, in the language of the page on which it was opened."""
    notice = get_object_or_404(queries.inbox(request.user), pk=pk)
    services.mark_read(by=request.user, notice=notice, now=database_now())
    return redirect(services.in_language(get_language() or "ko", notice.url) or "notices:inbox")


@login_required
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    """Mark everything that came until now as read."""
    count = services.mark_all_read(by=request.user, now=database_now())
    text = ngettext("알림 %(count)s건을 읽음으로 표시했습니다.", "알림 %(count)s건을 읽음으로 표시했습니다.", count)
    messages.success(request, text % {"count": count})
    return redirect("notices:inbox")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    """Which topics also come by e-mail."""
    if request.method == "POST":
        services.choose(by=request.user, wanted=request.POST.getlist("topic"))
        messages.success(request, _("알림 설정을 저장했습니다."))
        return redirect("notices:preferences")
    return render(request, "notices/preferences.html", {"rows": queries.preferences(request.user)})


@login_required
@require_safe
def dead_letters(request: PersonRequest) -> HttpResponse:
    """Effects that failed for good, for administrators."""
    rules.check_may(request.user, "outbox.revive")
    page = Paginator(queries.dead_letters(), PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/dead_letters.html", {"page": page})


@login_required
@require_POST
def revive(request: PersonRequest, pk: int) -> HttpResponse:
    """Let one be tried again."""
    rules.check_may(request.user, "outbox.revive")
    message = get_object_or_404(OutboxMessage, pk=pk)
    if services.revive(by=request.user, message=message):
        messages.success(request, _("다시 시도하도록 했습니다. 잠시 뒤 이 목록에서 결과를 확인해 주십시오."))
    else:
        messages.info(request, _("이미 다시 시도하고 있거나 처리가 끝났습니다."))
    return redirect("notices:dead_letters")
