"""The advisory role reads sums and nothing else: every address that lets it in, the page built, in a city of people."""

import re
from collections.abc import Callable, Iterator

import pytest
import yaml
from django.test import Client

from cases.models import Case, Pilot
from hopecare.kernel import phones
from hopecare.kernel.models import Address, Person, User, UserKind
from hopecare.kernel.services.city import DATA
from hopecare.kernel.url_walk import ENTERS, addresses
from tests.cast import Actor
from tests.database import as_owner

As = Callable[..., Client]
MAY = frozenset(yaml.safe_load((DATA / "roles.yaml").read_text())["advisory_member"]["may"])


def private_words() -> set[str]:
    """Every name, case number, telephone and address of the city's people, as a page would write them."""
    with as_owner():
        working = set(User.objects.values_list("name", flat=True))
        names = {name for name in Person.objects.values_list("name", flat=True) if len(name) > 2} - working
        told = {phones.shown(phone) for phone in Person.objects.values_list("phone", flat=True) if phone}
        homes = {line for pair in Address.objects.values_list("line", "directions") for line in pair if len(line) > 4}
        return names | told | homes | set(Case.objects.values_list("number", flat=True))


def told_at(client: Client, address: str, secret: re.Pattern[str]) -> set[str]:
    answer = client.get(address, follow=True)
    assert answer.status_code < 500, (address, answer.status_code)
    page = b"".join(answer) if answer.streaming else answer.content
    return set(secret.findall(page.decode(errors="replace")))


def opened() -> Iterator[str]:
    """Addresses that let this role in; the trial's arguments belong to nobody, those of trials are real."""
    with as_owner():
        pilots = list(Pilot.objects.values_list("pk", flat=True)[:3])
    for address in addresses():
        if address.expect(kind=UserKind.STAFF, permissions=MAY) != ENTERS or address.path.startswith("/logout"):
            continue
        yield address.trial
        if "<int:pilot_id>" in address.path:
            yield from (address.path.replace("<int:pilot_id>", f"{pilot}") for pilot in pilots)
    for query in ("?zone=east", "?by=town", "?language=en"):
        yield from (f"/desk/boards/{page}{query}" for page in ("", "outcomes/", "report/", "report/file/"))


@pytest.mark.rule("R10")
@pytest.mark.rule("R13")
@pytest.mark.rule("D1")
def test_no_page_of_the_advisory_role_names_anybody(small_city: None, jin: Actor, hana: Actor, as_: As) -> None:
    words = private_words()
    secret = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    client, wrong, walked = as_(jin), {}, 0
    for address in opened():
        walked += 1
        if found := told_at(client, address, secret):
            wrong[address] = sorted(found)[:3]
    assert wrong == {} and walked > 80 and len(words) > 500
    assert told_at(as_(hana), "/desk/cases/?show=team", secret)  # whoever works there does meet them
