"""What the plain role may do to each table: everything, except where history is only appended."""

#: table → privileges of the plain role; tables not named get SELECT, INSERT, UPDATE, DELETE.
EXCEPTIONS: dict[str, str] = {
    "kernel_change": "SELECT, INSERT",
    "kernel_read": "SELECT, INSERT",
    "kernel_agreement": "SELECT, INSERT, UPDATE",
    "kernel_role": "SELECT",
    "kernel_rolepermission": "SELECT",
    "django_migrations": "SELECT",
    # what a group decided, and who saw it otherwise, stays as it was said
    "cases_councildecision": "SELECT, INSERT",
    # hours given and what was certified of them
    "volunteers_hours": "SELECT, INSERT",
    "volunteers_certificate": "SELECT, INSERT",
    # the books: inserted, never edited; balances and what is left of a gift are no column anybody may name
    "donations_purpose": "SELECT",
    "donations_receiver": "SELECT",
    "donations_chart": "SELECT",
    "donations_turnover": "SELECT",
    "donations_fund": "SELECT, INSERT",
    "donations_account": "SELECT, INSERT (chart_id, fund_id)",
    "donations_journal": "SELECT, INSERT (key, kind, booked_on, memo, by_id, reverses_id, returns_id)",
    "donations_posting": "SELECT, INSERT (journal_id, account_id, amount_won)",
    "donations_gift": "SELECT, INSERT (uuid, fund_id, journal_id, amount_won, source, received_on, donor_id, order_id,"
    " pledge_id, carried_from_id)",
    "donations_allocation": "SELECT, INSERT (gift_id, journal_id, amount_won)",
    "donations_closedperiod": "SELECT, INSERT",
    "donations_seal": "SELECT, INSERT",
    # what was paid is never deleted
    "donations_charge": "SELECT, INSERT, UPDATE",
    "donations_chargeline": "SELECT, INSERT",
    "donations_deposit": "SELECT, INSERT, UPDATE",
    "donations_monthlyrun": "SELECT, INSERT",
    "donations_oddline": "SELECT, INSERT, UPDATE",
    "donations_withdrawal": "SELECT, INSERT, UPDATE (payout_id, back_id, worked_by_id, name)",
    "donations_bankbalance": "SELECT, INSERT, UPDATE (closing_won)",
    "donations_bankexplanation": "SELECT, INSERT",
    "donations_payout": "SELECT, INSERT, UPDATE",
    "donations_payoutreturn": "SELECT, INSERT",
    # whose letter it is never changes, only its words until it is passed on and how far it is
    "donations_letter": "SELECT, INSERT, UPDATE (words, state, reason, written_at, read_by_id, read_at, handed_on)",
    "donations_providerevent": "SELECT, INSERT, UPDATE",
    # what two people counted, what a shop or a school told, what was handed out
    "donations_moneybox": "SELECT, INSERT, UPDATE (lost_on)",
    "donations_boxtrip": "SELECT, INSERT, UPDATE (returned_on, returned_by_id, seal_broken, lost, count_id)",
    "donations_boxcount": "SELECT, INSERT, UPDATE (state, second_by_id, second_at, due_on, order_id, difference_won,"
    " explanation, explained_by_id)",
    "donations_boxcountline": "SELECT, INSERT",
    "donations_partner": "SELECT, INSERT, UPDATE (contact_name, contact_phone, may_be_named, ends_on)",
    "donations_partnerreport": "SELECT, INSERT, UPDATE (order_id, replaced_at)",
    "donations_classtotal": "SELECT, INSERT",
    "donations_campaign": "SELECT, INSERT, UPDATE",
    "donations_roster": "SELECT, INSERT, UPDATE (state, sent_by_id, sent_at, closes_on)",
    "donations_invitation": "SELECT, INSERT, UPDATE (state, name, phone, phone_hash, asked_at, answered_at, pledge_id)",
    "donations_moneyback": "SELECT, INSERT, UPDATE (state, approved_by_id, approved_at, refusal, paid_by_id, paid_on,"
    " bank_reference, borne_won)",
    "donations_reversal": "SELECT, INSERT, UPDATE (state, confirmed_by_id, confirmed_at, refusal, booked_id)",
    "donations_goodsgift": "SELECT, INSERT, UPDATE (given_out)",
    "donations_goodsuse": "SELECT, INSERT",
    "donations_guestline": "SELECT, INSERT, UPDATE (came, words)",
    "donations_outsidelist": "SELECT, INSERT, UPDATE (state, deposit_id, booked_by_id, booked_at)",
    "donations_outsidegift": "SELECT, INSERT, UPDATE (name, phone, reference, order_id)",
    # a receipt is void or filed, never another one
    "donations_receipt": "SELECT, INSERT, UPDATE (voided_at, void_reason, filing_id, void_filing_id)",
    "donations_filing": "SELECT, INSERT, UPDATE (taken_at, taken_by_id)",
    "donations_taxpayer": "SELECT, INSERT",
    "donations_taxnumber": "SELECT, INSERT, UPDATE (digits, erased_at)",
}
