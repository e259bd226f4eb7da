import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from exchange_folder import ExchangeFolder  # noqa: E402


@pytest.fixture
def exchange(tmp_path) -> ExchangeFolder:
    """A course with an exchange, due on 25 November 2026 at 23:00 UTC."""
    return ExchangeFolder(tmp_path)
