"""What the OpenAPI document says of every room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework import serializers

#: Under this all our addresses stand; what libraries bring besides is theirs.
PREFIX = "/api/v1/"


def only_ours(endpoints: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """The operations that the description tells of."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


class FieldFaultSerializer(serializers.Serializer[object]):
    """One field of what was sent that cannot be taken."""

    pointer = serializers.CharField(help_text="JSON pointer (RFC 6901)")
    detail = serializers.CharField()
    code = serializers.CharField()


class ProblemSerializer(serializers.Serializer[object]):
    """Problem details (RFC 9457), in the language of ``Accept-Language``."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldFaultSerializer(many=True, required=False)  # type: ignore[assignment]


class TextSerializer(serializers.Serializer[object]):
    """A text in both languages; ``en`` is missing where none was written."""

    ko = serializers.CharField()
    en = serializers.CharField(required=False)
