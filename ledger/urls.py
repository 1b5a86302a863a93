"""Pages for people, under a language."""

from django.urls import path

from ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.index, name="index"),
    path("leaf/<uuid:leaf_id>/", views.leaf_page, name="leaf"),
]
