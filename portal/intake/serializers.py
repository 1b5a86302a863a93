"""Calls as the API tells them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.core.api.schema import TextSerializer
from portal.intake.enums import CallStatus
from portal.intake.models import Call, Criterion, Stage, Track

UPCOMING, OPEN, CLOSED, ANNOUNCED, CANCELLED = "upcoming", "open", "closed", "announced", "cancelled"
_TOLD = (CallStatus.ANNOUNCED, CallStatus.FINAL, CallStatus.ARCHIVED)


class TrackSerializer(serializers.ModelSerializer[Track]):
    name = TextSerializer()

    class Meta:
        model = Track
        fields = ("code", "name", "quota", "reserve")


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    name = TextSerializer()

    class Meta:
        model = Criterion
        fields = ("code", "name", "max_points", "weight_bp", "counted")


class StageSerializer(serializers.ModelSerializer[Stage]):
    name = TextSerializer()
    criteria = CriterionSerializer(many=True)

    class Meta:
        model = Stage
        fields = ("code", "number", "name", "share_bp", "blind", "criteria")


class CallSerializer(serializers.ModelSerializer[Call]):
    title = TextSerializer(source="current.title")
    summary = TextSerializer(source="current.summary")
    cluster = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    state = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="current.number")
    tracks = TrackSerializer(many=True)
    page = serializers.SerializerMethodField(help_text="사람이 읽는 화면의 주소 · the page for people")

    class Meta:
        model = Call
        fields = ("code", "programme", "cluster", "hubs", "title", "summary", "state", "opens_at", "closes_at", "version", "tracks", "page")  # fmt: skip

    @extend_schema_field(serializers.ChoiceField([UPCOMING, OPEN, CLOSED, ANNOUNCED]))
    def get_state(self, call: Call) -> str:
        """Follows from the clock of the database, as on the pages."""
        if call.status in _TOLD:
            return ANNOUNCED
        now = self.context["now"]
        if call.status == CallStatus.PUBLISHED and now < call.closes_at:
            return UPCOMING if now < call.opens_at else OPEN
        return CLOSED

    @extend_schema_field(serializers.URLField())
    def get_page(self, call: Call) -> str:
        address: str = self.context["request"].build_absolute_uri(reverse("intake:call", args=[call.code]))
        return address


class WholeCallSerializer(CallSerializer):
    stages = StageSerializer(many=True)

    class Meta(CallSerializer.Meta):
        fields = (*CallSerializer.Meta.fields, "stages")  # type: ignore[assignment]
