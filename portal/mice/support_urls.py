from django.urls import path

from portal.mice.views import awards, clawbacks

app_name = "support"
urlpatterns = [
    path("awards/", awards.mine, name="mine"),
    path("desk/", awards.desk, name="desk"),
    path("awards/<uuid:award>/", awards.award, name="award"),
    path("clawbacks/<uuid:clawback>/", clawbacks.clawback, name="clawback"),
]
