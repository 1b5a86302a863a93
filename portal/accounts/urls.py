"""Addresses of the account, under ``account/``."""

from django.urls import path

from portal.accounts.views import affiliations, deletions, demo, handing, holds, organisations, profile, roles

app_name = "accounts"
urlpatterns = [
    path("", profile.account, name="account"),
    path("consents/", profile.consents, name="consents"),
    path("data/", profile.data, name="data"),
    path("data/export/", profile.export, name="export"),
    path("data/deletion/", profile.deletion, name="deletion"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.register, name="register"),
    path("organisations/<uuid:public_id>/", organisations.organisation, name="organisation"),
    path("organisations/<uuid:public_id>/affiliations/", affiliations.affiliations, name="affiliations"),
    path("affiliations/<int:pk>/end/", affiliations.end, name="end_affiliation"),
    path("members/<int:pk>/end/", organisations.end, name="end_membership"),
    path("members/<int:pk>/hand-over/", organisations.hand_over, name="hand_over"),
    path("invitations/<int:pk>/accept/", organisations.accept, name="accept_invitation"),
    path("invitations/<int:pk>/withdraw/", organisations.withdraw, name="withdraw_invitation"),
    path("invitation/<str:token>/", organisations.invitation, name="invitation"),
    path("roles/", roles.roles, name="roles"),
    path("roles/<int:pk>/revoke/", roles.revoke, name="revoke_role"),
    path("deletions/", deletions.deletions, name="deletions"),
    path("deletions/<uuid:public_id>/", deletions.delete, name="delete_person"),
    path("ledger/", handing.hand_over, name="hand_over_ledger"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<uuid:hold>/lift/", holds.lift, name="lift_hold"),
    path("demo/", demo.door, name="demo"),
    path("demo/<slug:key>/", demo.enter, name="demo_enter"),
]
