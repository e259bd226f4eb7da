"""`python -m handin.service`, started by JupyterHub."""

import sys

from handin.service.service import main

sys.exit(main())
