"""`make run`: brings up one instance in the foreground and stays until Ctrl-C or SIGTERM.

Environment: PORT (8000), HOPECARE_HOME (.hopecare), HOPECARE_DEMO (1), DATABASE_URL + DATABASE_OWNER_URL and BROKER_URL
for outside servers, BIND for another address than 127.0.0.1 (never in a demo).
"""

import os
import signal
import sys
import time
from pathlib import Path

from hopecare.kernel.cast import cast_data
from hopecare.runtime import children, postgres, stamps
from hopecare.runtime.child import die_with_parent
from hopecare.runtime.children import Instance
from hopecare.runtime.home import HomeError, from_environment
from hopecare.runtime.supervisor import Failed, Stopped, Supervisor

#: A predecessor that was just told to stop gets this many seconds.
_GRACE = 8.0


def say(words: str) -> None:
    print(f"  {words}", flush=True)


def main() -> int:
    if os.environ.get("HOPECARE_UNDER_MAKE") and sys.platform == "linux":
        die_with_parent(signal.SIGTERM, os.getppid())
    try:
        instance = instance_from_environment()
        return hold(instance)
    except (HomeError, Failed) as problem:
        print(f"\n{problem}", file=sys.stderr, flush=True)
        return 1


def instance_from_environment() -> Instance:
    environment = dict(os.environ)
    port = environment.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise HomeError(f"PORT must be a number between 1 and 65535, not {port!r}.")
    demo = environment.get("HOPECARE_DEMO", "1").strip().lower() in {"1", "true", "yes", "on"}
    bind = environment.get("BIND") or "127.0.0.1"
    if demo and bind != "127.0.0.1":
        raise HomeError("A demo lets everybody log in as anybody, so it listens on 127.0.0.1 only. Unset BIND.")
    return Instance(from_environment(), int(port), demo, bind, environment)


def hold(instance: Instance) -> int:
    """Take the folder and the port, start everything, watch, stop everything."""
    supervisor = Supervisor(say)
    supervisor.listen()
    deadline = time.monotonic() + _GRACE
    while True:
        with instance.home.locked() as mine:
            if mine:
                return run(instance, supervisor)
        if time.monotonic() > deadline:
            raise HomeError(f"Hope Care already runs in {instance.home.path}. For a second one: {_ANOTHER}")
        time.sleep(0.2)


_ANOTHER = "make run PORT=8001 HOPECARE_HOME=.hopecare-2"


def run(instance: Instance, supervisor: Supervisor) -> int:
    wait_for_port(instance)
    instance.home.make()
    print(f"Starting Hope Care in {instance.home.path}", flush=True)
    code = 0
    try:
        start(instance, supervisor)
        greet(instance)
        code = supervisor.watch()
    except Stopped:
        say("Asked to stop while starting.")
    finally:
        say(f"Stopping ({supervisor.asked_by}) …" if supervisor.asked_by else "Stopping …")
        supervisor.stop()
        print("Hope Care has stopped.", flush=True)
    return code


def wait_for_port(instance: Instance) -> None:
    deadline = time.monotonic() + 2
    while not children.is_port_free(instance.bind, instance.port):
        if time.monotonic() > deadline:
            raise HomeError(
                f"Port {instance.port} is taken by another program. Choose another with PORT, for example:\n"
                f"    make run PORT={instance.port + 1}\n"
                f"(beside another Hope Care: {_ANOTHER})"
            )
        time.sleep(0.1)


def start(instance: Instance, supervisor: Supervisor) -> None:
    home = instance.home
    servers = children.servers(instance)
    if servers:
        first = instance.own_database and not (home.postgres / "PG_VERSION").exists()
        say("Servers: making the database's files …" if first else "Servers: database and broker …")
        supervisor.start(*servers)
    if instance.own_database:
        postgres.Postgres(home.postgres, home.database_socket_folder).bootstrap()
    prepare(instance, supervisor)
    say("Programs: web, worker, beat …")
    for together in children.programs(instance):
        supervisor.start(*together)


def prepare(instance: Instance, supervisor: Supervisor) -> None:
    """Database and pages, each skipped when nothing changed since last time (an outside database is always asked)."""
    home, variant = instance.home, f"demo={instance.demo}"
    todo = [part for part in ("database", "pages") if not stamps.is_prepared(home, part, variant)]
    if not instance.own_database and "database" not in todo:
        todo.append("database")
    if "database" in todo and not instance.owner_url:
        say("DATABASE_OWNER_URL is not given: the database is taken as it is.")
        todo.remove("database")
    if todo:
        supervisor.run_once(children.preparation(instance, todo))
    for part in todo:
        stamps.mark_prepared(home, part, variant)


def greet(instance: Instance) -> None:
    print(f"\nHope Care is ready: {instance.address}", flush=True)
    if instance.demo:
        print(f"  Log in with one click on {instance.address}/login/ (all people are invented):")
        for person in cast_data()["people"]:
            print(f"    {person['username']:<6} {person['name']} — {person['what_en']}")
        print(f"  The volunteers' telephone: {instance.address}/demo/phone/")
    print("  Ctrl-C stops everything; the data stays in " + str(Path(instance.home.path)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
