from django.urls import path

from college.views import office, public, student

app_name = "college"
urlpatterns = [
    path("college/", public.courses, name="courses"),
    path("college/runs/<slug:code>/", public.run, name="run"),
    path("college/runs/<slug:code>/request/", student.ask, name="ask"),
    path("college/runs/<slug:code>/drop/", student.drop, name="drop"),
    path("college/mine/", student.mine, name="mine"),
    path("college/requests/<uuid:public_id>/<slug:word>/", student.answer, name="answer"),
    path("college/desk/", office.desk, name="office"),
    path("college/desk/<slug:code>/", office.run, name="office-run"),
    path("college/desk/<slug:code>/capacity/", office.capacity, name="capacity"),
    path("college/desk/<slug:code>/cancel/", office.cancel, name="cancel"),
    path("college/desk/<slug:code>/<slug:word>/", office.step, name="office-step"),
]
