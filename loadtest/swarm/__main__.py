"""`make loadtest`. On SIGTERM or SIGINT it ends everything that it has started before it exits."""

import signal
import sys

from loadtest.swarm.command import main, stop

for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stop)
sys.exit(main())
