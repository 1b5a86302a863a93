"""What the pages of event support have in common."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.urls import reverse

from portal.mice import queries
from portal.mice.models import Award

#: Stands in an address where the id of a row belongs.
_NOBODY = UUID(int=0)


def address(name: str) -> str:
    """The address of a page with ``{}`` where its id belongs."""
    return reverse(f"support:{name}", args=[_NOBODY]).replace(str(_NOBODY), "{}")


def found_award(public_id: UUID) -> Award:
    award = queries.award_of(public_id)
    if award is None:
        raise Http404
    return award
