"""Names of what a role may do; which role may do what is data (data/roles.yaml)."""

from enum import StrEnum


class Permission(StrEnum):
    REPORT_VIEW = "report.view"
    REPORT_TYPE = "report.type"  # type a report for a caller
    REPORT_TRIAGE = "report.triage"
    VISIT_RECORD = "visit.record"
    CASE_VIEW = "case.view"
    CASE_VIEW_ORGANISATION = "case.view_organisation"  # everything the own organisation provides
    CASE_OPEN = "case.open"
    CASE_ASSESS = "case.assess"
    CASE_PLAN = "case.plan"
    CASE_SERVICE = "case.service"
    CASE_CLOSE = "case.close"
    CASE_LEAD = "case.lead"  # may be a lead, may hand over
    SECTION_IDENTITY = "section.identity"
    SECTION_HOUSEHOLD = "section.household"
    SECTION_MEANS = "section.means"
    SECTION_HEALTH = "section.health"
    SECTION_MENTAL_HEALTH = "section.mental_health"
    SECTION_VIOLENCE = "section.violence"
    SECTION_LEGAL = "section.legal"
    SECTION_CREDIT = "section.credit"  # finance counsellors only (R39)
    SECTION_WORK = "section.work"  # what somebody earns at the work we helped to find (R46, R79)
    PERSON_SEAL = "person.seal"
    VOLUNTEER_VIEW = "volunteer.view"
    VOLUNTEER_MANAGE = "volunteer.manage"
    OFFER_MANAGE = "offer.manage"
    CALLBACK_VIEW = "callback.view"
    CASE_EXPORT = "case.export"  # always with a reason (K9)
    CITY_IMPORT = "city.import"  # rows of another system, at the central desk and the city hall alone (R19)
    BREAK_GLASS = "break.glass"  # urgent life or body: one case, one hour, with an alarm (K7)
    COUNCIL_VIEW = "council.view"  # what advisory and consultation groups talk about; raise an issue
    COUNCIL_KEEP = "council.keep"  # found a group, seat its members, write down what it decided
    AGREEMENT_SIGN = "agreement.sign"  # for the own organisation
    AUDIT_VIEW = "audit.view"
    BOARD_VIEW = "board.view"  # suppressed aggregates only
    RESEARCH_EXTRACT = "research.extract"  # sums for research as a file, with a reason (R25)
    WHAT_IF = "what_if.ask"  # what another line would change for all care targets; sums alone
    MONEY_VIEW = "money.view"
    MONEY_BOOK = "money.book"  # pay out what was approved, match deposits, close a month
    GIVING_MANAGE = "giving.manage"  # money boxes, shops, schools, campaigns, goods in kind of the own centre
    PAYOUT_REQUEST = "payout.request"
    PAYOUT_APPROVE = "payout.approve"  # never what one requested oneself
    MARKET_SERVE = "market.serve"  # at the counter of the food market: numbers and goods, no names (R41)
    MESSAGE_REPAIR = "message.repair"
    CATALOGUE_EDIT = "catalogue.edit"  # propose or approve what the welfare display says; never both of one change
    AFFILIATION_CONFIRM = "affiliation.confirm"
    ACCOUNT_OPEN = "account.open"  # let somebody in; outside the city hall never with more rights than one's own
