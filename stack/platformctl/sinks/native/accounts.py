"""Servers that refuse to run as root: the account they run as, and what it may enter."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account of this machine with its groups."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]

    def can_enter(self, folder: Path) -> bool:
        """Whether its processes can reach files in `folder`; the kernel is asked."""
        return self._test("-x", folder)

    def can_read(self, file: Path) -> bool:
        """Whether its processes can read a file."""
        return self._test("-r", file)

    def _test(self, question: str, path: Path) -> bool:
        done = subprocess.run(
            ("test", question, str(path)),
            cwd="/", check=False, user=self.uid, group=self.gid, extra_groups=self.groups,
        )  # fmt: skip
        return done.returncode == 0


def find_account(user: str) -> Account | None:
    """The account of that name; None when this machine has none."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return None
    groups = tuple(os.getgrouplist(user, entry.pw_gid))
    return Account(name=user, uid=entry.pw_uid, gid=entry.pw_gid, groups=groups)


def is_root() -> bool:
    """Whether platformctl may start processes under other accounts."""
    return os.geteuid() == 0
