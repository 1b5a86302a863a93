"""Addresses of the inbox, under ``notices/``."""

from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read-all/", views.read_all, name="read_all"),
    path("preferences/", views.preferences, name="preferences"),
    path("dead-letters/", views.dead_letters, name="dead_letters"),
    path("dead-letters/<int:pk>/revive/", views.revive, name="revive"),
    path("<uuid:pk>/", views.opened, name="opened"),
]
