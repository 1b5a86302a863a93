"""The calls for programs: what is open, until when, how it is judged."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from portal.core.api.paging import CursorPages
from portal.core.api.reading import FAULTS, PublicList, PublicOne
from portal.intake import queries
from portal.intake.models import Call
from portal.intake.serializers import CallSerializer, WholeCallSerializer


class CallPages(CursorPages):
    ordering = ("-opens_at", "-id")


@extend_schema_view(
    get=extend_schema(
        operation_id="list_calls", summary="모집공고 목록 · Calls", responses={200: CallSerializer(many=True), **FAULTS}
    )
)
class CallList(PublicList):
    """Every call the public may read, the latest first."""

    queryset = Call.objects.none()
    serializer_class = CallSerializer
    pagination_class = CallPages

    def get_queryset(self) -> QuerySet[Call]:
        return queries.public_calls()


@extend_schema_view(
    get=extend_schema(
        operation_id="show_call", summary="모집공고 하나 · One call", responses={200: WholeCallSerializer, **FAULTS}
    )
)
class CallOne(PublicOne):
    """One call with its stages and criteria."""

    queryset = Call.objects.none()
    serializer_class = WholeCallSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Call]:
        return queries.public_calls().prefetch_related("stages__criteria")
