"""`python -m handin.service`, started by JupyterHub."""

import asyncio
import logging
import os
import sys

from course.checkout import CourseError
from course.folders import load_config
from handin.service.service import serve
from handin.service.settings import Settings

logging.basicConfig(level=logging.INFO, format="[hand-in %(levelname)s] %(message)s")
try:
    asyncio.run(serve(Settings(os.environ, load_config())))
except CourseError as error:
    sys.exit(f"The hand-in service cannot run: {error}")
