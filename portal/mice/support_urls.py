from django.urls import path

from portal.mice.views import awards, clawbacks, sheet

app_name = "support"
urlpatterns = [
    path("awards/", awards.mine, name="mine"),
    path("desk/", awards.desk, name="desk"),
    path("awards/<uuid:award>/", awards.award, name="award"),
    path("awards/<uuid:award>/sheet/", sheet.sheet, name="sheet"),
    path("awards/<uuid:award>/evidence/<str:sha256>/", sheet.evidence, name="evidence"),
    path("sheet/<uuid:line>/strike/", sheet.strike, name="strike"),
    path("clawbacks/<uuid:clawback>/", clawbacks.clawback, name="clawback"),
]
