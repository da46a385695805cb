"""What one account reaches besides its teams: exceptions, cases it leads, locks, and cases shared by agreement."""

#: The columns of `kernel.access.Reach`; the database looks behind both walls for the keys and hands out ids only.
REACH = (
    "select x.cases, x.led, x.locked, x.sealed, x.dates, x.plans, x.notes, x.health, y.people, y.health,"
    " z.cases, z.people, z.health, z.unmet, k.cases, k.since"
    " from hc_reach(%(user)s, o.id, %(today)s, %(now)s) x cross join hc_withheld(o.id, %(today)s) y"
    " cross join hc_apart(%(user)s, o.id, %(today)s, %(now)s) z"
    " cross join hc_notes_from(%(user)s, o.id, x.led, x.notes, %(now)s) k"
)
