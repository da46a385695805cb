"""Which criteria each programme has; means and lines are defined in the other modules of this package."""

from datetime import date

from eligibility.engine.criteria import conjunctions, line, yes
from eligibility.engine.formulas import (
    births,
    city,
    emergency,
    livelihood,
    means,
    pensions,
    people,
    single_parent,
    taxes,
    young,
)

DEFINED = (births, city, emergency, livelihood, means, pensions, people, single_parent, taxes, young)
BASIC_PENSION = ("기초연금법 제3조", date(2014, 7, 1))
DISABILITY_PENSION = ("장애인연금법 제4조", date(2010, 7, 1))
DISABILITY = ("장애인복지법 제32조·제49조", date(2000, 1, 1))
EDUCATION = ("국민기초생활 보장법 제12조", date(2015, 7, 1))
HOUSING = ("주거급여법 제2조·제7조", date(2015, 7, 1))
SINGLE_PARENT = ("한부모가족지원법 제4조·제5조", date(2008, 1, 18))
CARE = ("영유아보육법 제34조의2", date(2013, 3, 1))
BENEFITS = ("아동수당법 제4조 제5항", date(2023, 1, 1))
EMERGENCY = ("긴급복지지원법 제2조", date(2006, 3, 24))
COPAY = ("국민건강보험법 시행령 별표 2", date(2009, 4, 1))
ENERGY = ("에너지법 제16조의3", date(2015, 12, 1))
YOUTH = ("청년기본법 제20조의3", date(2022, 8, 22))
TAX = ("조세특례제한법 제100조의3", date(2009, 1, 1))
CHILD_TAX = ("조세특례제한법 제100조의28", date(2015, 1, 1))
CARER = ("가족돌봄 등 위기아동·청년 지원에 관한 법률", date(2026, 3, 26))
CITY = ("남양주시 희망케어센터 운영 기준", date(2007, 4, 1))

_NBLS = ("median_income", "nbls", "nbls_means")
line("nbls_livelihood", "income_below_threshold", "nbls_income", "livelihood_line", *_NBLS, means="nbls_means")
yes("nbls_livelihood", "supporters_below_limit", "no_rich_supporter", "supporters")
line("nbls_medical", "income_below_threshold", "nbls_income", "medical_line", *_NBLS, means="nbls_means")
yes("nbls_medical", "supporters_cannot_help", "no_able_supporter", "median_income", "medical_supporters")
line("nbls_housing", "income_below_threshold", "nbls_income", "housing_line", *_NBLS, means="nbls_means")
yes("nbls_housing", "has_home_costs", "has_home_costs", statute=HOUSING)
line("nbls_education", "income_below_threshold", "nbls_income", "education_line", *_NBLS, means="nbls_means")
yes("nbls_education", "pupil_in_household", "has_pupil", statute=EDUCATION)

_COPAY = ("median_income", "near_poverty", "nbls_means", "copay")
line("near_poverty_copay", "income_below_threshold", "copay_income", "near_poor_line", *_COPAY, means="copay_means")
yes("near_poverty_copay", "ill_or_minor", "ill_or_minor", statute=COPAY)
yes("near_poverty_copay", "supporters_below_limit", "no_copay_supporter", "median_income", "copay")
yes("near_poverty_copay", "not_medical_recipient", "not_medical_recipient", statute=COPAY)

_SINGLE = ("median_income", "single_parent", "nbls_means")
line("single_parent", "income_below_threshold", "single_parent_income", "single_parent_line", *_SINGLE,
     means="single_parent_means")  # fmt: skip
yes("single_parent", "raises_child_alone", "raises_alone", statute=SINGLE_PARENT)
yes("single_parent", "child_of_age", "has_supported_child", statute=SINGLE_PARENT)

line("basic_pension", "old_enough", "age", lambda law: int(law.basic_pension.age), operator=">=", unit="years",
     statute=BASIC_PENSION)  # fmt: skip
line("basic_pension", "income_below_threshold", "basic_pension_income", "basic_pension_line", "basic_pension",
     "pension_means", means="basic_pension_means")  # fmt: skip
yes("basic_pension", "no_special_pension", "no_special_pension", statute=BASIC_PENSION)

line("disability_pension", "of_age", "age", lambda law: int(law.disability_pension.age), operator=">=", unit="years",
     statute=DISABILITY_PENSION)  # fmt: skip
yes("disability_pension", "severe_disability", "pension_class", statute=DISABILITY_PENSION)
line("disability_pension", "income_below_threshold", "disability_pension_income", "disability_pension_line",
     "disability_pension", "pension_means", means="disability_pension_means")  # fmt: skip

line("disability_allowance", "of_age", "age", lambda law: int(law.disability_allowance.age), operator=">=",
     unit="years", statute=DISABILITY)  # fmt: skip
yes("disability_allowance", "registered_disability", "lighter_disability", statute=DISABILITY)
yes("disability_allowance", "recipient_or_near_poor", "recipient_or_near_poor", "median_income", "near_poverty",
    "nbls_means")  # fmt: skip

yes("child_allowance", "young_enough", "allowance_age", "child_allowance")
line("parent_benefit", "under_two", "months", lambda law: 24, operator="<", unit="months", statute=BENEFITS)
line("first_meeting_voucher", "under_two", "months", lambda law: int(law.first_meeting.months), operator="<",
     unit="months", statute=("저출산·고령사회기본법 제10조", date(2022, 4, 1)))  # fmt: skip
line("home_care_allowance", "old_enough", "months", lambda law: int(law.home_care.from_month), operator=">=",
     unit="months", statute=CARE)  # fmt: skip
line("home_care_allowance", "young_enough", "months", lambda law: int(law.home_care.to_month), operator="<=",
     unit="months", statute=CARE)  # fmt: skip
yes("home_care_allowance", "cared_at_home", "cared_at_home", statute=CARE)

yes("emergency_livelihood", "in_crisis", "in_crisis", statute=EMERGENCY)
line("emergency_livelihood", "income_below_threshold", "plain_income", "emergency_line", "median_income", "emergency")
line("emergency_livelihood", "property_below_limit", "emergency_property", "emergency_property_line", "emergency",
     unit="KRW")  # fmt: skip
line("emergency_livelihood", "savings_below_limit", "financial", "emergency_financial_line", "median_income",
     "emergency", unit="KRW")  # fmt: skip

yes("energy_voucher", "nbls_recipient", "nbls_recipient", statute=ENERGY)
yes("energy_voucher", "frail_member", "energy_member", "energy_voucher")

line("youth_rent", "old_enough", "parent_age", lambda law: int(law.youth_rent.from_age), operator=">=", unit="years",
     statute=YOUTH)  # fmt: skip
line("youth_rent", "young_enough", "parent_age", lambda law: int(law.youth_rent.to_age), operator="<=", unit="years",
     statute=YOUTH)  # fmt: skip
yes("youth_rent", "pays_monthly_rent", "pays_monthly_rent", statute=YOUTH)
yes("youth_rent", "lives_apart", "lives_apart", statute=YOUTH)
line("youth_rent", "income_below_threshold", "young_income", "young_line", "median_income", "youth_rent",
     means="young_means")  # fmt: skip
line("youth_rent", "property_below_limit", "young_property", lambda law: int(law.youth_rent.own_property),
     "youth_rent", unit="KRW")  # fmt: skip
yes("youth_rent", "parents_income", "parents_income_fits", "median_income", "youth_rent")
yes("youth_rent", "parents_property", "parents_property_fits", "youth_rent")

yes("eitc", "has_worked", "has_worked", statute=TAX)
line("eitc", "income_below_limit", "credit_income", "credit_limit", "tax_credits", operator="<", unit="KRW/year")
line("eitc", "property_below_limit", "credit_property", lambda law: int(law.tax_credits.property), "tax_credits",
     operator="<", unit="KRW")  # fmt: skip
yes("ctc", "has_worked", "has_worked", statute=CHILD_TAX)
yes("ctc", "has_child", "has_credit_child", statute=CHILD_TAX)
line("ctc", "income_below_limit", "credit_income", lambda law: int(law.tax_credits.child_limit), "tax_credits",
     operator="<", unit="KRW/year")  # fmt: skip
line("ctc", "property_below_limit", "credit_property", lambda law: int(law.tax_credits.property), "tax_credits",
     operator="<", unit="KRW")  # fmt: skip

line("young_carer", "old_enough", "age", lambda law: int(law.young_carer.from_age), operator=">=", unit="years",
     statute=CARER)  # fmt: skip
line("young_carer", "young_enough", "age", lambda law: int(law.young_carer.to_age), operator="<=", unit="years",
     statute=CARER)  # fmt: skip
yes("young_carer", "in_force", "carer_law_in_force", "young_carer")
yes("young_carer", "somebody_needs_care", "other_needs_care", statute=CARER)
line("young_carer", "income_below_threshold", "plain_income", "carer_line", "median_income", "young_carer")

_LOW = ("plain_income", "low_income_line", "median_income", "city_services")
yes("hope_manager", "old_or_disabled", "old_or_disabled", statute=CITY)
yes("hope_manager", "alone_or_elders", "alone_or_elders", statute=CITY)
line("food_market", "income_below_threshold", *_LOW)
yes("miso_loan", "adult", "has_adult", statute=CITY)
line("miso_loan", "income_below_threshold", "plain_income", "middle_income_line", "median_income", "city_services")
yes("credit_recovery", "has_debt", "has_debt", statute=CITY)
line("hope_house", "old_enough", "parent_age", lambda law: int(law.city_services.elder_age), operator=">=",
     unit="years", statute=CITY)  # fmt: skip
yes("hope_house", "without_roof", "without_roof", statute=CITY)
line("home_repair", "income_below_threshold", *_LOW)
yes("home_doctor", "frail_at_home", "frail_at_home", statute=CITY)
yes("psychotherapy", "in_crisis", "in_crisis", statute=CITY)
yes("going_out", "old_or_disabled", "old_or_disabled", statute=CITY)
yes("meals", "frail_at_home", "frail_at_home", statute=CITY)
line("meals", "income_below_threshold", *_LOW)
yes("tutoring", "pupil_in_household", "has_pupil", statute=CITY)
line("tutoring", "income_below_threshold", *_LOW)
line("legal_aid", "income_below_threshold", "plain_income", "legal_aid_line", "median_income", "city_services")
conjunctions()
