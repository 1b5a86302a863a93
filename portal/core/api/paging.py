"""A list by pages behind a cursor: the five-hundredth costs what the first costs, and new rows move nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class CursorPages(CursorPagination):
    """``{"items": […], "next": address or null, "previous": address or null}``; ``limit`` up to a hundred."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "limit"
    #: A unique end of the order, so that no two rows stand in the same place.
    ordering: Any = "-pk"

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"items": data, "next": self.get_next_link(), "previous": self.get_previous_link()})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["items", "next", "previous"],
            "properties": {"items": schema, "next": link, "previous": link},
        }
