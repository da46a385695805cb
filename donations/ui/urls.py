"""Where giving answers."""

from django.urls import URLPattern, URLResolver, path

from donations.ui import accounts, payouts, public, receipts, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("donate/", public.door, name="donate"),
    path("donate/need/<uuid:need>/", public.give_to_need, name="donate-need"),
    path("donate/fund/<int:fund_id>/", public.give_to_fund, name="donate-fund"),
    path("donate/monthly/", public.monthly, name="donate-monthly"),
    path("donate/follow/", public.find, name="donate-find"),
    path("donate/follow/<str:typed>/", public.follow_gift, name="donate-follow"),
    path("donate/follow/<str:typed>/change/", public.change, name="donate-change"),
    path("donate/follow/<str:typed>/receipts/", receipts.by_code, name="donate-receipts"),
    path("donate/follow/<str:typed>/receipts/<int:year>/", receipts.paper_by_code, name="donate-receipt-paper"),
    path("donate/mine/", receipts.mine, name="donate-mine"),
    path("donate/mine/receipts/", receipts.my_receipts, name="my-receipts"),
    path("donate/mine/receipts/<int:year>/", receipts.my_paper, name="my-receipt-paper"),
    path("donate/transparency/", public.transparency, name="donate-transparency"),
    path("donate/transparency/figures.csv", public.transparency_csv, name="donate-transparency-csv"),
    path("donate/webhooks/stripe/", webhooks.stripe_hook, name="stripe-webhook"),
    path("donate/webhooks/portone/", webhooks.portone_hook, name="portone-webhook"),
    path("desk/payouts/", payouts.payouts, name="payouts"),
    path("desk/payouts/new/<int:action_id>/", payouts.new, name="payout-new"),
    path("desk/payouts/<uuid:key>/", payouts.one, name="payout"),
    path("desk/payouts/<uuid:key>/receipt/", payouts.receipt, name="payout-receipt"),
    path("desk/accounts/", accounts.accounts, name="money"),
    path("desk/accounts/deposits/<int:deposit_id>/", accounts.match, name="money-match"),
    path("desk/accounts/refunds/<int:charge_id>/", accounts.refund, name="money-refund"),
    path("desk/accounts/close/", accounts.close, name="money-close"),
    path("desk/accounts/receipts/", receipts.register, name="money-receipts"),
    path("desk/accounts/receipts/register.csv", receipts.register_csv, name="money-receipts-csv"),
    path("desk/accounts/receipts/<int:receipt_id>/void/", receipts.void, name="money-receipt-void"),
    path("desk/accounts/receipts/sheets/new/<int:receiver_id>/", receipts.make_sheet, name="money-sheet-new"),
    path("desk/accounts/receipts/sheets/<int:filing_id>/", receipts.sheet, name="money-sheet"),
    path("desk/accounts/receipts/sheets/<int:filing_id>/taken/", receipts.taken, name="money-sheet-taken"),
    path("desk/accounts/export/<str:what>/", accounts.export, name="money-export"),
]
