"""The calls under ``/api/v1/``."""

from django.urls import path

from portal.intake import api

app_name = "api-intake"
urlpatterns = [
    path("calls/", api.CallList.as_view(), name="calls"),
    path("calls/<slug:code>/", api.CallOne.as_view(), name="call"),
]
