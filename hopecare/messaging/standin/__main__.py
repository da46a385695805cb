"""`python -m hopecare.messaging.standin [--port N] [--file F]`: runs until SIGTERM; prints its address when it answers.

Account, token, our number and where our web answers come from the environment that the web itself reads
(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, PUBLIC_URL, PORT, HOPECARE_HOME).
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from hopecare.messaging.standin.book import Book
from hopecare.messaging.standin.callbacks import Postman
from hopecare.messaging.standin.provider import Provider
from hopecare.messaging.standin.server import Server

DEMO_ACCOUNT, DEMO_TOKEN = "AC" + "0" * 32, "demo-token-of-the-stand-in"


def options(arguments: list[str]) -> argparse.Namespace:
    home = os.environ.get("HOPECARE_HOME", ".hopecare")
    local = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    parser = argparse.ArgumentParser(prog="standin")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--file", type=Path, default=Path(home) / "standin" / "messages.jsonl")
    parser.add_argument("--public-url", default=os.environ.get("PUBLIC_URL") or local, help="what is signed")
    parser.add_argument("--deliver-url", default=local, help="where it is posted to; this machine only")
    parser.add_argument("--account", default=os.environ.get("TWILIO_ACCOUNT_SID") or DEMO_ACCOUNT)
    parser.add_argument("--token", default=os.environ.get("TWILIO_AUTH_TOKEN") or DEMO_TOKEN)
    parser.add_argument("--number", default=os.environ.get("TWILIO_FROM") or "0310000001")
    parser.add_argument("--pace", type=float, default=0.4, help="seconds between receipts")
    return parser.parse_args(arguments)


def main() -> None:
    chosen = options(sys.argv[1:])
    public = chosen.public_url.rstrip("/")
    postman = Postman(chosen.token, public, chosen.deliver_url)
    provider = Provider(Book(chosen.file), postman, f"{public}/sms/twilio/inbound/", chosen.number, chosen.pace)
    server = Server(chosen.port, provider, chosen.account, chosen.token)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"stand-in: http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
