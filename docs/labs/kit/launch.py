"""Start the service of the folder at hand on a port, and say where it stands when it doesn't start.

launch.py PORT
"""

from __future__ import annotations

import faulthandler
import signal
import sys

import uvicorn

#: Seconds of computing, and seconds on the clock, that a service may take to start. The first finds an endless loop
#: within seconds; the second one that waits for something, and leaves a busy machine its time.
COMPUTING, WAITING = 5, 60


def main(port: int) -> None:
    # The stack goes to the log: when the time to start is over, which ends the service, and when the tests ask.
    faulthandler.register(signal.SIGPROF, chain=True)
    faulthandler.register(signal.SIGUSR1)
    faulthandler.dump_traceback_later(WAITING, exit=True)
    signal.setitimer(signal.ITIMER_PROF, COMPUTING)
    settings = uvicorn.Config("service:app", port=port, log_level="warning")
    settings.load()
    signal.setitimer(signal.ITIMER_PROF, 0)
    faulthandler.cancel_dump_traceback_later()
    uvicorn.Server(settings).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
