"""A small process for supervision tests: says ready, then does what its argument says."""

import signal
import subprocess
import sys
import time

wish = sys.argv[1]
if wish == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if wish == "parent":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if wish != "mute":
    print('ready {"port": 7}', flush=True)
if wish == "dies":
    sys.exit(3)
time.sleep(600)
