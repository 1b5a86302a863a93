"""Addresses for machines: no language in them, because certificates and calendars name them for good."""

from django.urls import path

from college.views import machine, verify

app_name = "college-machine"
urlpatterns = [
    path("did.json", verify.did, name="did"),
    path("status/<slug:purpose>-<int:number>", verify.status_list, name="status"),
    path("runs/<slug:code>/draw.json", machine.draw, name="draw"),
    path("runs/<slug:code>.ics", machine.timetable, name="timetable"),
]
