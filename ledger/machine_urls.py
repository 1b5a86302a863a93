"""Addresses for machines, the same for every language."""

from django.urls import path

from ledger import views

app_name = "log"
urlpatterns = [
    path("", views.root, name="root"),
    path("health", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
    path("schemas/<str:sha256>.json", views.schema, name="schema"),
    path("machines/<str:sha256>.json", views.machine, name="machine"),
    path("verifiers/<str:sha256>.js", views.verifier, name="verifier"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("policy", views.policy_file, name="policy"),
    path("policies/<str:sha256>", views.policy_version, name="policy-version"),
    path("keys", views.keys, name="keys"),
    path("consistency", views.consistency, name="consistency"),
    path("leaf/<uuid:leaf_id>", views.leaf, name="leaf"),
    path("leaf/<uuid:leaf_id>.tlog-proof", views.leaf_proof, name="proof"),
    path("tile/<path:path>", views.tile, name="tile"),
]
