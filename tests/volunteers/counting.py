"""How many of our own questions a page asks."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def counted(client: Client, path: str, table: str) -> int:
    """Statements of one page that name tables beginning with `table`."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return sum(f'FROM "{table}' in entry["sql"] for entry in seen.captured_queries)
