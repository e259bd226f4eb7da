import sys

from hub.trial.command import main

sys.exit(main())
