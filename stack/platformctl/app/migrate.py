"""Files of other tools as the equivalent of their successors."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import yaml

from platformctl.errors import PlatformError
from platformctl.render.promtail_migration import Migrated, migrate
from platformctl.render.promtail_stages import Settings
from platformctl.sources.documents import Loader


def promtail_to_alloy(file: Path) -> Migrated:
    """Alloy's equivalent of a Promtail file; raises `PlatformError` for what is none."""
    try:
        document = yaml.load(file.read_bytes(), Loader)  # noqa: S506 - a safe loader with fewer surprises
    except OSError as error:
        raise PlatformError(f"cannot be read: {error.strerror}", where=str(file)) from error
    except yaml.YAMLError as error:
        raise PlatformError(f"is no YAML: {error}", where=str(file)) from error
    if not isinstance(document, dict) or not document.keys() & {"scrape_configs", "clients", "client"}:
        raise PlatformError("is no Promtail file: it has neither clients nor scrape_configs", where=str(file))
    try:
        return migrate(cast(Settings, document))
    except (AttributeError, TypeError, KeyError) as error:
        raise PlatformError(
            f"is not shaped like a Promtail file: {error}", where=str(file), fix="promtail -check-syntax"
        ) from error
