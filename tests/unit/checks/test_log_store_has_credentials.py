from dataclasses import replace

from support import sample
from support.sites import native_site

from platformctl.checks.log_store_has_credentials import log_store_has_credentials
from platformctl.model.log_store import CREDENTIALS, LogStore, ObjectStorage
from platformctl.model.platform import Platform
from platformctl.model.site import Site

STORE = LogStore(objects=ObjectStorage(endpoint="127.0.0.1:9000", bucket="lines"))


def _placed(*secrets: str) -> tuple[Platform, Site]:
    platform = replace(sample.PLATFORM, log_store=STORE)
    site = native_site(platform, secrets=secrets)
    places = {**site.places, "loki": next(iter(site.places.values()))}
    return platform, replace(site, places=places)


def test_a_bucket_with_its_keys_and_a_disk_without_any_are_right() -> None:
    assert list(log_store_has_credentials(*_placed(CREDENTIALS))) == []
    _, site = _placed()
    assert list(log_store_has_credentials(sample.PLATFORM, site)) == []


def test_a_bucket_without_its_keys_is_a_problem_with_its_remedy() -> None:
    (problem,) = log_store_has_credentials(*_placed())
    assert problem.what == f"the secret {CREDENTIALS} is missing, so Loki cannot use the bucket lines"
    assert problem.fix.startswith(f"write its keys to .platformctl/secrets/{CREDENTIALS}")
