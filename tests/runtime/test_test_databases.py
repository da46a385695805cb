"""The ground every other test stands on: a plain role, a rolled-back transaction, the owner on request."""

import pytest
from django.db import IntegrityError, connection
from django.db.utils import ProgrammingError

from hopecare.kernel.models import Town
from tests.database import as_owner


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_tests_connect_as_the_plain_role() -> None:
    assert current_role() == "hopecare_web"
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("create table mine ()")


@pytest.mark.django_db
def test_the_owner_is_there_on_request_and_only_inside() -> None:
    with as_owner():
        assert current_role() == "hopecare_owner"
        with as_owner():
            assert current_role() == "hopecare_owner"
        assert current_role() == "hopecare_owner"
    assert current_role() == "hopecare_web"


@pytest.mark.django_db
def test_a_failure_as_owner_gives_the_rights_back() -> None:
    with pytest.raises(IntegrityError), as_owner():
        raise IntegrityError
    assert current_role() == "hopecare_web"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_transactional_test_commits_is_gone_in_the_next(turn: int) -> None:
    with as_owner():
        assert Town.objects.exists()
        Town.objects.all()._raw_delete(using="default")
    assert not Town.objects.exists()
