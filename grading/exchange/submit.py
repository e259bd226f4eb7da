"""`nbgrader submit` without the wheel of `attention_lib`, which everybody has."""

from nbgrader.exchange.default.submit import ExchangeSubmit


class SubmitWithoutWheels(ExchangeSubmit):
    """nbgrader's `CourseDirectory.ignore` would keep wheels out of release and fetch, too."""

    def do_copy(self, src, dest, log=None):
        ignore = self.coursedir.ignore
        self.coursedir.ignore = [*ignore, "*.whl"]
        try:
            super().do_copy(src, dest, log)
        finally:
            self.coursedir.ignore = ignore
