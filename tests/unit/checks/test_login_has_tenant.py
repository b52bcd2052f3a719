from dataclasses import replace

from support import sample

from platformctl.checks.login_has_tenant import login_has_tenant
from platformctl.model.access import Access, Login, Role


def found(*logins: Login) -> list[str]:
    return [p.what for p in login_has_tenant(replace(sample.PLATFORM, access=Access(logins=logins)))]


def test_a_login_of_a_tenant_that_exists_is_right() -> None:
    assert (
        found(Login(name="one", role=Role.TENANT, tenant="grand-hotel"), Login(name="two", role=Role.SRE))
        == []
    )


def test_a_login_of_nobodys_tenant_is_found() -> None:
    assert found(Login(name="one", role=Role.TENANT, tenant="gone")) == [
        "the login 'one' is for the tenant 'gone', which is not defined"
    ]
