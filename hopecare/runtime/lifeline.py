"""For processes that a library forks (granian's and Celery's workers): end when the parent ends, however it ends."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1


def hold() -> None:
    """Tie this process to its parent. Harmless to call twice; does nothing outside the supervisor's tree."""
    if not os.environ.get("HOPECARE_SUPERVISED"):
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
