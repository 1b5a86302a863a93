"""Addresses for machines: no language in them, because certificates and calendars name them for good."""

from django.urls import path

from college.views import machine, queue, verify

app_name = "college-machine"
urlpatterns = [
    path("did.json", verify.did, name="did"),
    path("status/<slug:purpose>-<int:number>", verify.status_list, name="status"),
    path("queue/<str:ticket>.json", queue.place, name="place"),
    path("runs/<slug:code>/draw.json", machine.draw, name="draw"),
    path("runs/<slug:code>.ics", machine.timetable, name="timetable"),
]
