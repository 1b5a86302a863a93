from django.urls import path

from college.views import office, public, queue, student, teaching, verify

app_name = "college"
urlpatterns = [
    path("college/", public.courses, name="courses"),
    path("college/runs/<slug:code>/", public.run, name="run"),
    path("college/runs/<slug:code>/request/", student.ask, name="ask"),
    path("college/runs/<slug:code>/queue/", queue.room, name="queue"),
    path("college/runs/<slug:code>/drop/", student.drop, name="drop"),
    path("college/runs/<slug:code>/draw/", public.draw, name="draw"),
    path("college/experts/", public.experts, name="experts"),
    path("college/mine/", student.mine, name="mine"),
    path("college/requests/<uuid:public_id>/<slug:word>/", student.answer, name="answer"),
    path("college/certificates/<uuid:public_id>.json", verify.paper, name="paper"),
    path("college/certificates/<uuid:public_id>.pdf", verify.printed, name="certificate-pdf"),
    path("college/lessons/", teaching.lessons, name="lessons"),
    path("college/lessons/<uuid:public_id>/", teaching.roster, name="roster"),
    path("college/lessons/<uuid:public_id>/open/", teaching.open_, name="open-lesson"),
    path("college/lessons/<uuid:public_id>/code/", teaching.code, name="code"),
    path("college/lessons/<uuid:public_id>/seal/", teaching.seal, name="seal"),
    path("college/lessons/<uuid:public_id>/correct/", teaching.correct, name="correct"),
    path("college/scan/", teaching.scan, name="scan"),
    path("a/<uuid:public_id>/<int:step>/<str:mac>", teaching.scanned, name="scanned"),
    path("college/desk/", office.desk, name="office"),
    path("college/desk/corrections/<uuid:public_id>/", office.correction, name="correction"),
    path("college/desk/certificates/<uuid:public_id>/", office.certificate, name="office-certificate"),
    path("college/desk/<slug:code>/", office.run, name="office-run"),
    path("college/desk/<slug:code>/capacity/", office.capacity, name="capacity"),
    path("college/desk/<slug:code>/cancel/", office.cancel, name="cancel"),
    path("college/desk/<slug:code>/draw/", office.draw, name="office-draw"),
    path("college/desk/<slug:code>/<slug:word>/", office.step, name="office-step"),
    path("verify/", verify.front, name="verify"),
    path("verify/<uuid:public_id>/", verify.certificate, name="certificate"),
]
