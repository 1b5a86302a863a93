from django.http import Http404
from django.urls import path

app_name = "intake"


def _later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("calls/", _later, name="calls"),
    path("calls/<slug:code>/", _later, name="call"),
    path("my/applications/<uuid:public_id>/", _later, name="application"),
    path("my/applications/<uuid:public_id>/receipts/<int:number>/", _later, name="receipt"),
    path("my/results/<uuid:public_id>/", _later, name="notice"),
    path("my/appeals/<uuid:public_id>/", _later, name="appeal"),
    path("review/<slug:code>/", _later, name="review-call"),
]
