"""`make loadtest`. Told to stop, it ends all that it has started before it goes."""

import signal
import sys

from loadtest.swarm.command import main, stop

for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
sys.exit(main())
