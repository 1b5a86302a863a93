from django.urls import path

from portal.desk import views

app_name = "desk"
urlpatterns = [
    path("desk/", views.home, name="home"),
    path("my/", views.my, name="my"),
    path("display/", views.display, name="display"),
    path("stay/", views.stay, name="stay"),
]
