"""Where this project's imports start."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
IMPORT_ROOT = (HERE / (HERE / "import_root.txt").read_text().strip()).resolve()
sys.path.insert(0, str(IMPORT_ROOT))
