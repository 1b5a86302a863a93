"""Addresses of intake: public ``calls/``, the applicant's ``my/``, the evaluator's ``review/``, the desk's ``desk/``."""

from django.urls import path

from portal.intake.views import applicant, decisions, desk, drafting, public, review, steps

app_name = "intake"
urlpatterns = [
    path("calls/", public.calls, name="calls"),
    path("calls/<slug:code>/", public.call, name="call"),
    path("calls/<slug:code>/start/", public.start, name="start"),
    path("my/applications/", applicant.applications, name="applications"),
    path("my/applications/<uuid:public_id>/", applicant.application, name="application"),
    path("my/applications/<uuid:public_id>/pages/<slug:section>/", drafting.page, name="page"),
    path("my/applications/<uuid:public_id>/files/<slug:block>/", drafting.attach, name="attach"),
    path("my/applications/<uuid:public_id>/check/", drafting.check, name="check"),
    path("my/applications/<uuid:public_id>/request/", applicant.request_sending, name="request-sending"),
    path("my/applications/<uuid:public_id>/receipts/<int:number>/", applicant.receipt, name="receipt"),
    path("my/applications/<uuid:public_id>/withdraw/", applicant.withdraw, name="withdraw"),
    path("my/files/<uuid:public_id>/", drafting.file, name="file"),
    path("my/files/<uuid:public_id>/remove/", drafting.remove, name="remove-file"),
    path("my/results/<uuid:public_id>/", applicant.notice, name="notice"),
    path("my/results/<uuid:public_id>/appeal/", applicant.appeal_form, name="appeal-form"),
    path("my/appeals/<uuid:public_id>/", applicant.appeal, name="appeal"),
    path("review/", review.reviews, name="reviews"),
    path("review/calls/<slug:code>/", review.review_call, name="review-call"),
    path("review/calls/<slug:code>/pledge/", review.pledge, name="pledge"),
    path("review/sheets/<uuid:public_id>/", review.sheet, name="sheet"),
    path("review/sheets/<uuid:public_id>/lock/", review.lock, name="lock"),
    path("review/sheets/<uuid:public_id>/receipt/", review.sheet_receipt, name="sheet-receipt"),
    path("review/sheets/<uuid:public_id>/recuse/", review.recuse, name="recuse"),
    path("desk/calls/", desk.calls, name="desk-calls"),
    path("desk/calls/<slug:code>/", desk.call, name="desk-call"),
    path("desk/calls/<slug:code>/entries/", desk.entries, name="entries"),
    path("desk/calls/<slug:code>/eligibility/", desk.bench, name="bench"),
    path("desk/calls/<slug:code>/steps/<slug:step>/", steps.on_call, name="step"),
    path("desk/calls/<slug:code>/stages/<int:number>/", steps.stage, name="desk-stage"),
    path("desk/calls/<slug:code>/stages/<int:number>/steps/<slug:step>/", steps.on_stage, name="stage-step"),
    path("desk/applications/<uuid:public_id>/", desk.application, name="desk-application"),
    path("desk/applications/<uuid:public_id>/findings/<slug:rule>/", desk.finding, name="finding"),
    path("desk/applications/<uuid:public_id>/supplement/", desk.supplement, name="supplement"),
    path("desk/decisions/<uuid:public_id>/", decisions.decision, name="decision"),
    path("desk/decisions/<uuid:public_id>/lines/<int:line>/", decisions.line, name="line"),
]
