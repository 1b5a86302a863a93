from django.urls import path

from portal.mice.views import disclosed, events

app_name = "mice"
urlpatterns = [
    path("events/", events.events, name="events"),
    path("events.ics", events.calendar, name="calendar"),
    path("events/support/", disclosed.awards, name="awards"),
    path("events/support.<slug:form>", disclosed.data, name="data"),
    path("events/<uuid:edition>/", events.event, name="event"),
    path("events/<uuid:edition>/calendar.ics", events.event_file, name="event-file"),
]
