"""Pages for people, under a language."""

from django.urls import path

from ledger import pages

app_name = "ledger"
urlpatterns = [
    path("", pages.index, name="index"),
    path("verify/", pages.verify, name="verify"),
    path("leaf/<uuid:leaf_id>/", pages.leaf, name="leaf"),
]
