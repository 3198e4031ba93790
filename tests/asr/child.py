"""The recogniser as a process of its own: ``python -m tests.asr.child CONFIG.json``."""

import asyncio
import sys
from pathlib import Path

from asr import RecogniserConfig, run_recogniser
from runtime.codec import decode
from runtime.supervision import Pulse, live

if __name__ == "__main__":
    work = run_recogniser(decode(Path(sys.argv[1]).read_bytes(), RecogniserConfig))
    asyncio.run(live(work, pulse=Pulse()))
