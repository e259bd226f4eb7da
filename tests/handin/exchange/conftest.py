import pytest

from tests.course_folder import compiled_course, course  # noqa: F401
from tests.handin.exchange.exchange_folder import ExchangeFolder


@pytest.fixture
def exchange(tmp_path) -> ExchangeFolder:
    """A course with an exchange, due on 25 November 2026 at 23:00 UTC."""
    return ExchangeFolder(tmp_path)
