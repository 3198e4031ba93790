"""The recogniser process: engine, bus, tap, until it is told to stop."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from asr.checkpoint import CheckpointFile
from asr.config import RecogniserConfig
from asr.engines.protocol import Engine
from asr.installed import Chosen, choose
from asr.recogniser import Limits, Parts, Recogniser
from asr.voice_activity import VoiceActivity
from runtime.background import background
from runtime.bus import FactEmitter, open_bus
from runtime.clock import SystemClock
from runtime.telemetry import configure_logging, get_logger

log = get_logger(__name__)
_LAST_ACKS = timedelta(seconds=2)
"""At a stop finals get so long to be acked; what is not acked is heard again by the successor."""


def open_engine(chosen: Chosen, /) -> Engine:
    """Load the model, 1-3 s; the engine's libraries are imported here and not before. ModelMissing, ModelDamaged."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if chosen.kind == "vosk":
        from asr.engines.vosk import VoskEngine  # noqa: PLC0415  one engine a process

        return VoskEngine(chosen.place(), name=chosen.name)
    if chosen.kind == "whisper":
        from asr.engines.whisper import WhisperEngine  # noqa: PLC0415

        return WhisperEngine(chosen.place())
    from asr.engines.scripted import ScriptedEngine  # noqa: PLC0415

    return ScriptedEngine()


async def run_recogniser(config: RecogniserConfig, /) -> None:
    """Hear every leg of the host until cancelled; prints ``ready {json}`` when it serves."""
    configure_logging(process="recogniser", json=config.json_logs)
    chosen = choose(config.engine, models=Path(config.models), allow_scripted=config.allow_scripted)
    engine = await asyncio.to_thread(open_engine, chosen)
    log.info("the engine is loaded", engine=engine.name, why=chosen.why)
    async with open_bus(
        url=config.bus_url, name="recogniser", user=config.bus_user, password=config.bus_password
    ) as bus:
        facts = FactEmitter(bus, name=f"recogniser-{config.host}")
        parts = Parts(
            engine=engine, detector=VoiceActivity, live=bus, facts=facts,
            checkpoints=CheckpointFile(Path(config.checkpoint)), clock=SystemClock(),
        )  # fmt: skip
        limits = Limits(
            host=config.host, threads=config.threads, max_legs=config.max_legs, status_every_s=config.status_every_s
        )
        recogniser = Recogniser(tap_socket=config.tap_socket, parts=parts, limits=limits)
        async with background(facts.run(), recogniser.run()):
            ready = {"engine": engine.name, "partials": engine.partials, "pid": os.getpid()}
            sys.stdout.write(f"ready {json.dumps(ready)}\n")
            sys.stdout.flush()
            try:
                await asyncio.Event().wait()
            finally:
                await facts.drained(_LAST_ACKS)
