"""User ids for sandboxes that root starts: numbers that no account of the host has."""

from __future__ import annotations

import secrets
from pathlib import Path

# Between the ranges that systemd's "Users, Groups, UIDs and GIDs" gives to containers and to nobody.
_UNUSED = range(1_879_048_192, 2_147_483_647)
_SMALL = range(60_000, 64_999)


def sandbox_user() -> int:
    """A number that no other sandbox has, within what a container's user namespace maps."""
    chosen = _UNUSED.start + secrets.randbelow(len(_UNUSED))
    mapped = _mapped()
    if any(chosen in ids for ids in mapped):
        return chosen
    widest = max(mapped, key=len)
    if _SMALL.start in widest and _SMALL.stop in widest:
        return _SMALL.start + secrets.randbelow(len(_SMALL))
    return widest[-1 - secrets.randbelow(max(1, len(widest) // 4))]


def _mapped() -> list[range]:
    try:
        lines = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return [range(1 << 32)]
    return [
        range(int(first), int(first) + int(count)) for first, _, count in (line.split() for line in lines)
    ]
