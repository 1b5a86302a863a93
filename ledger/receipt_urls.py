"""A person's receipts, under a language and the person's own page."""

from django.urls import path

from ledger import receipts

app_name = "receipts"
urlpatterns = [
    path("", receipts.index, name="index"),
    path("<uuid:leaf_id>/", receipts.download, name="download"),
]
