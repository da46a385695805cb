"""Functions of the database changed by a migration where they stand: nobody copies a hundred lines to change one."""

from django.db import migrations


def other_words(function: str, before: str, after: str) -> str:
    """SQL that writes the function anew with other words, wherever the first ones are; an error where they are not."""
    return f"""
do $do$ declare body text := pg_get_functiondef('{function}'::regprocedure);
begin
  if position($w${before}$w$ in body) = 0 then raise exception '{function} has other words'; end if;
  execute replace(body, $w${before}$w$, $w${after}$w$);
end $do$;
"""


def changed(function: str, *pairs: tuple[str, str]) -> migrations.RunSQL:
    """(before, after) one after the other, and back. `function`: its name with the types it takes."""
    there = [other_words(function, before, after) for before, after in pairs]
    back = [other_words(function, after, before) for before, after in reversed(pairs)]
    return migrations.RunSQL("".join(there), "".join(back))
