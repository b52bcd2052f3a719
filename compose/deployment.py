"""How much of the stack is deployed, and how large: docs/architecture.md shows what that comes to."""

from __future__ import annotations

from typing import Final

from platformctl.model.component import Profile
from platformctl.model.deployment import Deployment, Size

DEPLOYMENT: Final = Deployment(profile=Profile.FULL, size=Size.SMALL)
