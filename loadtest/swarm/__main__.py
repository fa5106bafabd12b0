"""`make loadtest`."""

import sys

from loadtest.swarm.command import main

sys.exit(main())
