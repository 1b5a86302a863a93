"""Reads that anybody may make."""

from __future__ import annotations

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiResponse
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny

from portal.core.api.schema import ProblemSerializer
from portal.core.clock import database_now

#: What every read may answer besides what was asked for.
FAULTS = {
    code: OpenApiResponse(ProblemSerializer, said)
    for code, said in {
        404: "없는 자료 · Nothing here",
        406: "다른 형식 · Not this format",
        429: "너무 잦음 · Too often",
    }.items()
}


class _Read(GenericAPIView):
    permission_classes = (AllowAny,)

    def get_serializer_context(self) -> dict[str, Any]:
        """With ``now`` by the database's clock, one instant for the whole answer."""
        return {**super().get_serializer_context(), "now": database_now()}


@method_decorator(conditional_page, name="dispatch")
class PublicList(_Read, ListAPIView):
    """A list with an ETag: who has it already is told so with 304."""


@method_decorator(conditional_page, name="dispatch")
class PublicOne(_Read, RetrieveAPIView):
    """One thing with an ETag."""
