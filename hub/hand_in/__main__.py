"""`python -m hub.hand_in`, started by JupyterHub."""

import sys

from hub.hand_in.service import main

sys.exit(main())
