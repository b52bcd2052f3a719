"""Logins, roles and the hashes of passwords."""

from __future__ import annotations

import os
from pathlib import Path

import bcrypt
import pytest

from platformctl.errors import DefinitionError, PlatformError
from platformctl.model.access import RIGHTS, Access, Door, Login, Role
from platformctl.sinks import secrets

TENANT = Login(name="guest", role=Role.TENANT, tenant="grand-hotel")


def test_every_role_has_its_rights_and_a_tenant_shares_none_with_the_others() -> None:
    assert set(RIGHTS) == set(Role)
    assert {door for doors in RIGHTS.values() for door in doors} == set(Door)
    others = {door for role, doors in RIGHTS.items() if role is not Role.TENANT for door in doors}
    assert RIGHTS[Role.TENANT] & others == set()


@pytest.mark.parametrize(("role", "tenant"), [(Role.TENANT, ""), (Role.SRE, "grand-hotel")])
def test_a_tenant_has_a_login_of_its_own_and_nobody_else_has(role: Role, tenant: str) -> None:
    with pytest.raises(DefinitionError, match="a tenant's login names its tenant"):
        try:
            Login(name="guest", role=role, tenant=tenant)
        except DefinitionError as error:
            raise DefinitionError(error.fix) from error


def test_an_entry_for_other_machines_needs_a_name_that_they_know() -> None:
    with pytest.raises(DefinitionError, match="would name this machine alone"):
        Access(logins=(TENANT,), exposed=True)
    assert Access(logins=(TENANT,), exposed=True, names=("stack.example.com",)).exposed


def test_the_entry_reads_hashes_and_no_password() -> None:
    assert Access(logins=(TENANT,)).secrets == ("login-guest-bcrypt",)


def test_a_hash_is_that_of_the_password_and_follows_its_change(tmp_path: Path) -> None:
    names = secrets.ensure(("login-guest-bcrypt",), tmp_path)
    assert names == {"login-guest", "login-guest-bcrypt"}
    plain, hashed = tmp_path / "login-guest", tmp_path / "login-guest-bcrypt"
    assert bcrypt.checkpw(plain.read_bytes(), hashed.read_bytes())
    before = hashed.read_bytes()
    secrets.ensure(("login-guest-bcrypt",), tmp_path)
    assert hashed.read_bytes() == before
    plain.write_text("another password\n")
    later = hashed.stat().st_mtime_ns + 1_000_000
    os.utime(plain, ns=(later, later))
    secrets.ensure(("login-guest-bcrypt",), tmp_path)
    assert bcrypt.checkpw(b"another password", hashed.read_bytes())
    assert {path.stat().st_mode & 0o777 for path in (plain, hashed)} == {0o600}


def test_a_password_that_bcrypt_would_cut_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "login-guest").write_text("x" * 73)
    with pytest.raises(PlatformError, match="has 73 bytes"):
        secrets.ensure(("login-guest-bcrypt",), tmp_path)
