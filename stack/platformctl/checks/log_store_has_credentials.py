"""Loki has the keys of the bucket that it is to keep lines in."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.model.log_store import CREDENTIALS, LOKI
from platformctl.model.platform import Platform
from platformctl.model.problem import Problem
from platformctl.model.site import Site


def log_store_has_credentials(platform: Platform, site: Site) -> Iterator[Problem]:
    """A problem where the bucket is named and its keys are not there: they are nobody's to make up."""
    objects = platform.log_store.objects
    if objects is None or not site.has(LOKI) or CREDENTIALS in site.secrets:
        return
    yield Problem(
        check="log_store_has_credentials",
        what=f"the secret {CREDENTIALS} is missing, so Loki cannot use the bucket {objects.bucket}",
        where="LOG_STORE",
        fix=f"write its keys to .platformctl/secrets/{CREDENTIALS} (mode 0600), as in ~/.aws/credentials",
    )
