"""What the simulator asks, in plain words: choices, titles and hints of its pages."""

from typing import Any

from django.utils.translation import gettext_lazy

RELATIONS = [
    ("spouse", gettext_lazy("Husband or wife")),
    ("child", gettext_lazy("Child")),
    ("parent", gettext_lazy("Mother or father")),
    ("grandparent", gettext_lazy("Grandparent")),
    ("grandchild", gettext_lazy("Grandchild")),
    ("sibling", gettext_lazy("Brother or sister")),
    ("other", gettext_lazy("Somebody else")),
]
BANDS = [
    ("0-9", gettext_lazy("9 or younger")),
    ("10-12", gettext_lazy("10 to 12")),
    ("13-15", gettext_lazy("13 to 15")),
    ("16-17", gettext_lazy("16 or 17")),
    ("18", gettext_lazy("18 years")),
    ("19-24", gettext_lazy("19 to 24")),
    ("25-29", gettext_lazy("25 to 29")),
    ("30-34", gettext_lazy("30 to 34")),
    ("35-49", gettext_lazy("35 to 49")),
    ("50-59", gettext_lazy("50 to 59")),
    ("60-64", gettext_lazy("60 to 64")),
    ("65-79", gettext_lazy("65 to 79")),
    ("80", gettext_lazy("80 or older")),
]
SCHOOLS = [
    ("elementary", gettext_lazy("Elementary school")),
    ("middle", gettext_lazy("Middle school")),
    ("high", gettext_lazy("High school")),
    ("none", gettext_lazy("Not at school")),
]
DAYS = [
    ("home", gettext_lazy("At home")),
    ("daycare", gettext_lazy("At day-care")),
    ("kindergarten", gettext_lazy("At kindergarten")),
    ("school", gettext_lazy("At elementary school")),
]
LIFE = [
    ("severe", gettext_lazy("A severe registered disability")),
    ("mild", gettext_lazy("A registered disability that is not severe")),
    ("long", gettext_lazy("An illness that lasts long")),
    ("heavy", gettext_lazy("A rare or very serious illness (cancer, heart, brain …)")),
    ("pregnant", gettext_lazy("Somebody is pregnant")),
    ("single_parent", gettext_lazy("I raise a child without a partner")),
    ("carer", gettext_lazy("I look after a relative who is ill or disabled")),
]
ALONE = [
    ("divorced", gettext_lazy("Divorced or living apart")),
    ("widowed", gettext_lazy("My partner has died")),
    ("unmarried", gettext_lazy("I was not married")),
    ("grandparent", gettext_lazy("I am the grandmother or grandfather")),
]
TENURES = [
    ("monthly_rent", gettext_lazy("Monthly rent")),
    ("jeonse", gettext_lazy("Deposit lease (jeonse)")),
    ("owned", gettext_lazy("Our own home")),
    ("free", gettext_lazy("We live somewhere for free")),
]
CRISES = [
    ("none", gettext_lazy("No, nothing")),
    ("job_loss", gettext_lazy("Lost work or the business")),
    ("illness", gettext_lazy("Serious illness or injury")),
    ("death", gettext_lazy("The earner died, left or was arrested")),
    ("divorce", gettext_lazy("Divorce, income gone")),
    ("fire", gettext_lazy("Fire or flood at home")),
    ("abuse", gettext_lazy("Violence or neglect at home")),
    ("eviction", gettext_lazy("Had to leave the home")),
    ("utility_cut", gettext_lazy("Electricity or water cut off")),
    ("other", gettext_lazy("Something else that was sudden")),
    ("private", gettext_lazy("I would rather not say")),
]
YES_NO = [("no", gettext_lazy("No car")), ("yes", gettext_lazy("There is a car"))]
USES = [
    ("private", gettext_lazy("Everyday use")),
    ("business", gettext_lazy("Needed to earn a living")),
    ("disabled", gettext_lazy("For a disabled person at home")),
]
KIN = [
    ("none", gettext_lazy("No, nobody")),
    ("some", gettext_lazy("Yes, there is somebody")),
]
PAGE_WORDS: dict[str, Any] = {
    "home": gettext_lazy("Where do you live, and how many are you?"),
    "people": gettext_lazy("Who lives at home?"),
    "children": gettext_lazy("About the children"),
    "life": gettext_lazy("Is anything of this so at home?"),
    "whose": gettext_lazy("Who is it?"),
    "alone": gettext_lazy("How did you come to raise a child alone?"),
    "income": gettext_lazy("What comes in each month?"),
    "housing": gettext_lazy("How do you live?"),
    "rent": gettext_lazy("What does the home cost?"),
    "savings": gettext_lazy("Savings and debts"),
    "car": gettext_lazy("Is there a car?"),
    "crisis": gettext_lazy("Did something happen suddenly in the last year?"),
    "receives": gettext_lazy("What do you receive already?"),
    "family": gettext_lazy("Parents or children who live elsewhere"),
    "parents": gettext_lazy("Your parents' home"),
}
PAGE_HINTS: dict[str, Any] = {
    "home": gettext_lazy("Count who lives and eats together, you included."),
    "people": gettext_lazy("Ages by band are enough. No names."),
    "children": gettext_lazy("For small children the month decides, so we ask for it."),
    "life": gettext_lazy("Tick what is so, or nothing. It opens help that asks for no income."),
    "alone": gettext_lazy("It changes only how much there is. You need not say."),
    "income": gettext_lazy(
        "In units of 10,000 won, before tax. For example, 131 means 1,310,000 won. "
        "Leave empty what you do not know: empty is not zero."
    ),
    "rent": gettext_lazy("In units of 10,000 won. For example, a deposit of 5 million won is 500."),
    "savings": gettext_lazy("All together, in units of 10,000 won. A guess is enough."),
    "car": gettext_lazy("A car may count as property, a working or disabled person's car mostly not."),
    "crisis": gettext_lazy("Then help comes first and checks come later. You need not say more than this."),
    "receives": gettext_lazy("Some help opens other help."),
    "family": gettext_lazy("For some help well-off parents or children count. Think of the best-off one."),
    "parents": gettext_lazy("Only for help with a young person's rent."),
}
