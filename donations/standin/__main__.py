"""`python -m donations.standin [--port N]`: runs until SIGTERM; prints its address when it answers."""

import argparse
import os
import signal
import sys
from pathlib import Path

from donations.standin.book import Book
from donations.standin.files import Banks
from donations.standin.hooks import Hooks
from donations.standin.server import Server

STRIPE_SECRET, PORTONE_SECRET = "whsec_stand_in", "whsec_c3RhbmQtaW4="


def main() -> None:
    home = Path(os.environ.get("HOPECARE_HOME", ".hopecare"))
    parser = argparse.ArgumentParser(prog="payments-standin")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--home", type=Path, default=home)
    parser.add_argument("--deliver-url", default=f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
    chosen = parser.parse_args()
    book = Book(chosen.home / "money" / "stand-in.jsonl")
    hooks = Hooks(
        chosen.deliver_url,
        os.environ.get("STRIPE_WEBHOOK_SECRET") or STRIPE_SECRET,
        os.environ.get("PORTONE_WEBHOOK_SECRET") or PORTONE_SECRET,
    )
    server = Server(chosen.port, book, hooks, Banks(chosen.home, book))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"payments: http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
