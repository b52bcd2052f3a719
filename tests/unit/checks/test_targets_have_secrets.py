from support import sample
from support.sites import native_site

from platformctl.checks.targets_have_secrets import targets_have_secrets
from platformctl.model.problem import Level


def test_a_site_with_every_secret_is_right() -> None:
    site = native_site(sample.PLATFORM, secrets=sample.SECRETS)
    assert list(targets_have_secrets(sample.PLATFORM, site)) == []


def test_what_a_missing_secret_takes_away_is_a_warning_with_its_remedy() -> None:
    site = native_site(sample.PLATFORM, secrets=sample.SECRETS - {"pagerduty-shop"})
    (problem,) = targets_have_secrets(sample.PLATFORM, site)
    assert problem.level is Level.WARNING
    assert problem.what == (
        "the secret pagerduty-shop is missing, so nobody is told by: PagerDuty of page-shop"
    )
    assert problem.fix.startswith("write it to .platformctl/secrets/pagerduty-shop (mode 0600)")
