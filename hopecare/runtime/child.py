"""Becomes another program that cannot outlive its parent: `python child.py [--as WHO] [--signal NAME] -- program …`.

Linux tells a child when its parent dies (PR_SET_PDEATHSIG), even by kill -9; elsewhere this process stays and
watches. PostgreSQL refuses to run as root or as an id without a name, so `--as namespace:ID` first maps us to an
ordinary id in a user namespace of its own (nothing is chowned, folders closed to others stay readable). Where
namespaces are forbidden, `--as UID:GID` becomes that system user, keeping root's right to pass through closed folders
and no other right. Run as a script on purpose: a fresh interpreter has no threads, so unlike `preexec_fn` it cannot
hang between fork and exec.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522
_CLONE_NEWUSER = 0x10000000


def main() -> None:
    parser = argparse.ArgumentParser(prog="child")
    parser.add_argument("--as", dest="who", default="")
    parser.add_argument("--signal", default="SIGTERM")
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("argv", nargs="+")
    wanted = parser.parse_args()
    parent = wanted.parent or os.getppid()
    ending = signal.Signals[wanted.signal]
    if wanted.who.startswith("namespace:"):
        enter_user_namespace(int(wanted.who.partition(":")[2]))
    elif wanted.who:
        become(*map(int, wanted.who.split(":")))
    if sys.platform != "linux":
        sys.exit(watch(wanted.argv, parent, ending))
    die_with_parent(ending, parent)
    os.execvp(wanted.argv[0], wanted.argv)


def die_with_parent(ending: signal.Signals, parent: int) -> None:
    """Ask Linux for `ending` when the parent dies. Comes last: changing who we are would clear it again."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(ending), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)


def enter_user_namespace(ordinary: int) -> None:
    """Become `ordinary` in a namespace where nobody else is; outside of it we stay who we are."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "this machine allows no user namespaces")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{ordinary} {gid} 1")
    Path("/proc/self/uid_map").write_text(f"{ordinary} {uid} 1")


def become(uid: int, gid: int) -> None:
    """Turn into a system user; on Linux keep CAP_DAC_OVERRIDE, as programs and data may lie below a 0700 folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if sys.platform == "linux":
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        only = 1 << _CAP_DAC_OVERRIDE
        sets = (ctypes.c_uint32 * 6)(
            only, only, only, 0, 0, 0
        )  # effective, permitted, inheritable; then the high words
        if libc.capset(header, sets) or libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0):
            raise OSError(ctypes.get_errno(), "root's right to enter closed folders could not be kept")


def watch(argv: list[str], parent: int, ending: signal.Signals) -> int:
    """Without PR_SET_PDEATHSIG (macOS): run the program below us, pass signals on, end it when the parent is gone."""
    process = subprocess.Popen(argv)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: process.send_signal(received))
    while process.poll() is None:
        if os.getppid() != parent:
            process.send_signal(ending)
            try:
                return process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        time.sleep(0.5)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    main()
