from django.urls import path

from tenancy.views import amendments, endings, money, officer, places, tenant

app_name = "tenancy"
urlpatterns = [
    path("", places.hubs, name="hubs"),
    path("<slug:hub>/<int:level>/", places.floor, name="floor"),
    path("results/", places.results, name="results"),
    path("results/<slug:call>/<int:number>/proof.json", places.proof, name="proof"),
    path("mine/", tenant.mine, name="mine"),
    path("offers/<uuid:offer>/", tenant.offer, name="offer"),
    path("offers/<uuid:offer>/accept/", tenant.accept, name="accept"),
    path("offers/<uuid:offer>/decline/", tenant.decline, name="decline"),
    path("leases/<uuid:lease>/", tenant.lease, name="lease"),
    path("leases/<uuid:lease>/pdf/", tenant.lease_pdf, name="lease-pdf"),
    path("leases/<uuid:lease>/sign/", tenant.sign, name="sign"),
    path("desk/", officer.desk, name="desk"),
    path("desk/calls/<slug:call>/", officer.bench, name="bench"),
    path("desk/calls/<slug:call>/run/", officer.run, name="run"),
    path("desk/calls/<slug:call>/<int:number>/<slug:step>/", officer.decide, name="decide"),
    path("desk/offers/<uuid:offer>/lease/", officer.prepare, name="prepare"),
    path("desk/leases/<uuid:lease>/key/", officer.hand_over, name="hand_over"),
    path("desk/invoices/<int:invoice>/issue/", officer.issue, name="issue"),
    path("leases/<uuid:lease>/deposit/", money.deposit, name="deposit"),
    path("amendments/<uuid:amendment>/", amendments.amendment, name="amendment"),
    path("desk/leases/<uuid:lease>/amend/", amendments.amend, name="amend"),
    path("desk/hubs/<slug:hub>/billing/", money.billing, name="billing"),
    path("desk/hubs/<slug:hub>/payments/", money.payments, name="payments"),
    path("desk/hubs/<slug:hub>/arrears/", money.arrears, name="arrears"),
    path("desk/lines/<int:line>/credit/", money.credit, name="credit"),
    path("desk/credits/<int:note>/", money.decide_credit, name="decide_credit"),
    path("leases/<uuid:lease>/notice/", endings.notice, name="notice"),
    path("renewals/<uuid:review>/", endings.renewal, name="renewal"),
    path("move-outs/<uuid:move_out>/", endings.move_out, name="move_out"),
]
