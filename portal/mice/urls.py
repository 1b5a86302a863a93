from django.urls import path

from portal.mice.views import tour_day, tour_desk, tour_feeds, tour_groups, tours

app_name = "tour"
urlpatterns = [
    path("", tours.courses, name="courses"),
    path("desk/", tour_desk.desk, name="desk"),
    path("<slug:code>/", tours.course, name="course"),
    path("<slug:code>.ics", tour_feeds.course, name="feed"),
    path("desk/<slug:code>/new/", tour_desk.new, name="new-session"),
    path("desk/groups/<uuid:group>/", tour_groups.lead, name="lead-group"),
    path("desk/groups/<uuid:group>/decline/", tour_groups.decline, name="decline-group"),
    path("<slug:code>/group/", tour_groups.ask, name="group"),
    path("desk/sessions/<uuid:session>/", tour_day.session, name="session"),
    path("desk/sessions/<uuid:session>/sheet.pdf", tour_day.sheet, name="sheet"),
    path("desk/sessions/<uuid:session>/cancel/", tour_desk.cancel, name="cancel-session"),
    path("desk/sessions/<uuid:session>/keep/", tour_desk.keep, name="keep-places"),
    path("desk/sessions/<uuid:session>/check-in/", tour_day.check_in, name="check-in"),
    path("desk/sessions/<uuid:session>/step/<slug:word>/", tour_day.step, name="step"),
    path("in/<uuid:booking>/<str:mac>/", tour_day.scanned, name="scanned"),
    path("guides/<str:key>/calendar.ics", tour_feeds.guide, name="guide-feed"),
    path("sessions/<uuid:session>/book/", tours.book, name="book"),
    path("bookings/<str:secret>/", tours.ticket, name="ticket"),
    path("bookings/<str:secret>/change/", tours.change, name="change"),
    path("bookings/<str:secret>/cancel/", tours.cancel, name="cancel"),
    path("bookings/<str:secret>/calendar.ics", tour_feeds.booking, name="booking-feed"),
    path("bookings/<str:secret>/answer/<slug:word>/", tours.answer, name="answer"),
]
