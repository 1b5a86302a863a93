"""Pages for machines that watch the portal."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger import log


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when this process can answer from the database, 503 when it cannot.

    The ledger's state stands beside it and changes nothing of that: decisions are recorded during an alarm as well, and
    a balancer must not take the portal away for it. `/log/health` is the address to be alarmed by.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ledger = log.status().state
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok", "ledger": ledger})
