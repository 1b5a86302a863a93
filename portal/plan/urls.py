from django.urls import path

from portal.plan import views

app_name = "plan"
urlpatterns = [
    path("plan/", views.progress, name="progress"),
    path("plan/<slug:cluster>/", views.plan, name="plan"),
    path("plan/<slug:cluster>/progress/<slug:target>/", views.state_progress, name="state_progress"),
]
