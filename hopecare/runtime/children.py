"""What runs: two servers, then web, worker, beat and, in a demo, the telephone company's stand-in. Add one here."""

import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.error import URLError
from urllib.parse import quote

from hopecare.runtime import postgres, valkey
from hopecare.runtime.home import OWNER, WEB, Home
from hopecare.runtime.stamps import ROOT
from hopecare.runtime.supervisor import Child

#: No request may keep a web process longer than this, whatever it asks of the database.
STATEMENT_TIMEOUT_MS = 20_000
#: What is asked on every page is planned once a connection: planning it takes several times its answer.
PLANS = "force_generic_plan"
#: One for each turn (kernel.turns: long work, money, partners) and one that is left for texts and events.
WORKER_THREADS = "4"
WEB_PROCESSES = 2
WEB_THREADS = 2
#: Threads that read bodies alone, so that as many slow senders hold nobody up (see gate.py).
WEB_READERS = 64


@dataclass(frozen=True)
class Instance:
    """One running Hope Care: its folder, its port, and which servers are its own."""

    home: Home
    port: int
    demo: bool
    bind: str
    environment: Mapping[str, str]

    @property
    def own_database(self) -> bool:
        return not self.environment.get("DATABASE_URL")

    @property
    def own_broker(self) -> bool:
        return not self.environment.get("BROKER_URL")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def owner_url(self) -> str:
        """Empty when the outside database's owner is not ours to know."""
        return self.home.database_url(OWNER) if self.own_database else self.environment.get("DATABASE_OWNER_URL", "")

    @property
    def web_url(self) -> str:
        return self.environment.get("DATABASE_URL") or self.home.database_url(WEB)

    def common(self) -> dict[str, str]:
        return {
            "HOPECARE_HOME": str(self.home.path),
            "HOPECARE_DEMO": "1" if self.demo else "0",
            "HOPECARE_SUPERVISED": "1",
            "PORT": str(self.port),
            "DATABASE_URL": self.web_url,
            "DATABASE_OWNER_URL": "",
            "BROKER_URL": self.environment.get("BROKER_URL") or self.home.broker_url(),
            "DJANGO_SETTINGS_MODULE": "hopecare.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }


def database(instance: Instance) -> Child:
    server = postgres.Postgres(instance.home.postgres, instance.home.database_socket_folder)
    return Child(
        name="database",
        argv=server.argv,
        env=postgres.ENVIRONMENT,
        before=server.prepare,
        ready=server.ready,
        stop_signal=signal.SIGINT,  # fast: open transactions are rolled back, everything committed is kept
        patience=60,
        is_server=True,
        quiet=(" LOG: ", "the database system is starting up", "the database system is shutting down"),
        wrap=False,
    )


def broker(instance: Instance) -> Child:
    home = instance.home
    return Child(
        name="broker",
        argv=valkey.argv(home),
        cwd=home.valkey,
        ready=lambda: valkey.ready(home),
        orphan_signal=signal.SIGTERM,
        quiet=("Memory overcommit",),
        is_server=True,
    )


def preparation(instance: Instance, parts: Collection[str]) -> Child:
    """One process for what has to be done to `parts` (database, pages), as each costs a start of Django."""
    flags = [word for part in sorted(parts) for word in ("--part", part)] + (["--demo"] if instance.demo else [])
    env = {**instance.common(), "DATABASE_OWNER_URL": instance.owner_url or instance.web_url}
    return Child("prepare", [sys.executable, "manage.py", "prepare_database", *flags], env, cwd=ROOT)


def web(instance: Instance, extra: Mapping[str, str]) -> Child:
    limit = quote(f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c plan_cache_mode={PLANS}")
    joint = "&" if "?" in instance.web_url else "?"
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    argv += ["--host", instance.bind, "--port", str(instance.port), "--backlog", "1024"]
    argv += ["--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_READERS), "--http", "1"]
    argv += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10"]
    argv += ["--http1-header-read-timeout", "10000", "hopecare.wsgi:gate"]
    env = {**instance.common(), **extra, "DATABASE_URL": f"{instance.web_url}{joint}options={limit}"}
    env["WEB_THREADS"] = str(WEB_THREADS)
    ready = partial(answers, f"{instance.address}/healthz")
    return Child("web", argv, env, cwd=ROOT, ready=ready, quiet=("Configuration allows spawning up to",))


def worker(instance: Instance, extra: Mapping[str, str]) -> Child:
    """Threads: the work is small and waits for the database or the telephone company; one process, no orphans."""
    argv = [sys.executable, "-W", "ignore:You're running the worker", "-m", "celery"]
    argv += ["-A", "hopecare.celery", "-q", "worker", "-Q", "default"]
    argv += ["--pool", "threads", "--concurrency", WORKER_THREADS, "--loglevel", "WARNING"]
    argv += ["--without-gossip", "--without-mingle", "--hostname", f"worker-{instance.port}@hopecare"]
    return Child("worker", argv, {**instance.common(), **extra}, cwd=ROOT)


def beat(instance: Instance, extra: Mapping[str, str]) -> Child:
    argv = [sys.executable, "-m", "celery", "-A", "hopecare.celery", "-q", "beat", "--loglevel", "WARNING"]
    argv += ["--pidfile", "", "--schedule", str(instance.home.path / "beat-schedule")]
    env = {**instance.common(), **extra, "DJANGO_SETTINGS_MODULE": "hopecare.beat_settings"}
    return Child("beat", argv, env, cwd=ROOT)


def stand_in(instance: Instance, port: int) -> Child:
    argv = [sys.executable, "-m", "hopecare.messaging.standin", "--port", str(port)]
    health = f"http://127.0.0.1:{port}/healthz"
    quiet = ("stand-in: http://",)
    return Child("stand-in", argv, instance.common(), cwd=ROOT, ready=lambda: answers(health), quiet=quiet)


def payments(instance: Instance, port: int) -> Child:
    """Stripe, PortOne and the banks, on this machine alone."""
    argv = [sys.executable, "-m", "donations.standin", "--port", str(port)]
    health = f"http://127.0.0.1:{port}/healthz"
    return Child(
        "payments", argv, instance.common(), cwd=ROOT, ready=lambda: answers(health), quiet=("payments: http://",)
    )


def servers(instance: Instance) -> list[Child]:
    own = [(instance.own_database, database), (instance.own_broker, broker)]
    return [make(instance) for is_own, make in own if is_own]


def programs(instance: Instance) -> list[list[Child]]:
    """Everything of ours, in groups that start together: what a visitor needs first, then what works behind.

    All are told where the stand-in listens; a real provider's address in TWILIO_API_URL wins.
    """
    extra: dict[str, str] = {}
    front = []
    if instance.demo and not instance.environment.get("TWILIO_API_URL"):
        port = free_port()
        extra["TWILIO_API_URL"] = f"http://127.0.0.1:{port}"
        front.append(stand_in(instance, port))
    if instance.demo and not instance.environment.get("STRIPE_API_URL"):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        extra |= {"STRIPE_API_URL": url, "PORTONE_API_URL": url, "PORTONE_WINDOW_HOSTS": url}
        extra["PORTONE_SDK_URL"] = f"{url}/portone/browser-sdk.js"
        front.append(payments(instance, port))
    return [[*front, web(instance, extra)], [worker(instance, extra), beat(instance, extra)]]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(url: str) -> bool:
    request = urllib.request.Request(url, headers={"User-Agent": "hopecare-supervisor"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False


def is_port_free(host: str, port: int) -> bool:
    with socket.socket() as listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
        return True
