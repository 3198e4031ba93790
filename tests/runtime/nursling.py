"""A small process for supervision tests: says ready, then does what its argument says."""

import asyncio
import signal
import subprocess
import sys
import time

wish = sys.argv[1]
if wish in {"beats", "swallows", "slow", "stands-still", "refuses"}:
    from runtime.supervision import PERMANENT_EXIT, Pulse, failed_line, live, say


async def swallow() -> None:
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            continue


async def beats() -> None:
    pulse = Pulse()
    pulse.note("disk-low", "the disk is nearly full")
    say('ready {"port": 7}')
    await live(swallow() if wish == "swallows" else asyncio.sleep(600), pulse=pulse, hard_exit_s=1.0)


async def stands_still() -> None:
    pulse = Pulse()
    pulse.advance()
    say('ready {"port": 7}')
    await live(asyncio.sleep(600), pulse=pulse)


if wish in {"beats", "swallows", "slow"}:
    if wish == "slow":
        time.sleep(3)
    asyncio.run(beats())
if wish == "stands-still":
    asyncio.run(stands_still())
if wish == "refuses":
    say(failed_line("port 5060 is taken; set another one"))
    sys.exit(PERMANENT_EXIT)
if wish == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if wish == "parent":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if wish != "mute":
    print('ready {"port": 7}', flush=True)
if wish == "dies":
    sys.exit(3)
time.sleep(600)
