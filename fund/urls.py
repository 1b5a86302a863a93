from django.urls import path

from fund.views import calls, committee, deals, distributions, holdings, portfolio, settlements, values

app_name = "fund"
urlpatterns = [
    path("desk/", portfolio.desk, name="desk"),
    path("sub-funds/<uuid:sub_fund>/", portfolio.sub_fund, name="sub_fund"),
    path("sub-funds/<uuid:sub_fund>/call/", calls.new_call, name="new_call"),
    path("calls/<uuid:call>/", calls.call, name="call"),
    path("calls/<uuid:call>/<slug:step>/", calls.call_step, name="call_step"),
    path("sub-funds/<uuid:sub_fund>/distribution/", distributions.new_distribution, name="new_distribution"),
    path("distributions/<uuid:distribution>/", distributions.distribution, name="distribution"),
    path("distributions/<uuid:distribution>/<slug:step>/", distributions.distribution_step, name="distribution_step"),
    path("shares/<int:share>/receive/", calls.receive, name="receive"),
    path("notices/<uuid:call>/<uuid:commitment>/", calls.notice, name="notice"),
    path("notices/<uuid:call>/<uuid:commitment>/pdf/", calls.notice_pdf, name="notice_pdf"),
    path("parts/<uuid:distribution>/<uuid:commitment>/", distributions.part, name="part"),
    path("parts/<uuid:distribution>/<uuid:commitment>/pdf/", distributions.part_pdf, name="part_pdf"),
    path("sub-funds/<uuid:sub_fund>/settlement/", settlements.new_settlement, name="new_settlement"),
    path("settlements/<uuid:settlement>/", settlements.settlement, name="settlement"),
    path("settlements/<uuid:settlement>/<slug:step>/", settlements.settlement_step, name="settlement_step"),
    path("deals/", deals.deals, name="deals"),
    path("sub-funds/<uuid:sub_fund>/deal/", deals.new_deal, name="new_deal"),
    path("deals/<uuid:deal>/", deals.deal, name="deal"),
    path("deals/<uuid:deal>/<slug:step>/", deals.deal_step, name="deal_step"),
    path("committee/", committee.committee, name="committee"),
    path("committee/<uuid:motion>/", committee.motion, name="motion"),
    path("committee/<uuid:motion>/<slug:step>/", committee.motion_step, name="motion_step"),
    path("holdings/<uuid:holding>/", holdings.holding, name="holding"),
    path("holdings/<uuid:holding>/valuation/", values.new_valuation, name="new_valuation"),
    path("holdings/<uuid:holding>/measure/", values.new_measure, name="new_measure"),
    path("valuations/<uuid:valuation>/", values.valuation, name="valuation"),
    path("valuations/<uuid:valuation>/<slug:step>/", values.valuation_step, name="valuation_step"),
    path("measures/<uuid:measure>/", values.measure, name="measure"),
    path("measures/<uuid:measure>/<slug:step>/", values.measure_step, name="measure_step"),
    path("lots/<int:lot>/", holdings.lot, name="lot"),
    path("companies/<uuid:company>/", holdings.company, name="company"),
]
