from tests.course_folder import alembic_asked_once  # noqa: F401
