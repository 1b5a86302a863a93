from django.contrib.sitemaps.views import sitemap
from django.urls import path

from portal.pages import views
from portal.pages.feeds import MAPS

app_name = "pages-machine"
urlpatterns = [
    path("sitemap.xml", sitemap, {"sitemaps": MAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
