"""Addresses: what people read lives under a language, what machines read does not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal.core.views import health

urlpatterns = [
    path("health/", health, name="health"),
    path("", include("portal.pages.machine_urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("log/", include("ledger.machine_urls")),
    path("college/", include("college.machine_urls")),
    path("api/v1/", include("portal.intake.api_urls")),
    path("api/", include("portal.core.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
urlpatterns += i18n_patterns(
    path("accounts/", include("allauth.urls")),
    path("account/", include("portal.accounts.urls")),
    path("notices/", include("portal.notices.urls")),
    path("log/", include("ledger.urls")),
    path("my/receipts/", include("ledger.receipt_urls")),
    path("space/", include("tenancy.urls")),
    path("", include("college.urls")),
    path("", include("portal.mice.event_urls")),
    path("events/", include("portal.mice.support_urls")),
    path("tours/", include("portal.mice.urls")),
    path("fund/", include("fund.urls")),
    path("", include("portal.intake.urls")),
    path("", include("portal.desk.urls")),
    path("", include("portal.plan.urls")),
    path("search/", include("portal.search.urls")),
    path("", include("portal.pages.urls")),
    path("", include(wagtail_urls)),
)
