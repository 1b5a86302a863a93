from django.urls import path

from portal.pages import views

app_name = "pages"
urlpatterns = [
    path("style/", views.style, name="style"),
    path("copyright/", views.copyright_page, name="copyright"),
]
