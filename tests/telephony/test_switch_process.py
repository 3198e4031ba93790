"""The process as the supervisor starts it: real NATS, a ready line, no foreign engines, a clean end."""

import asyncio
import json
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.bus import ensure_streams, open_bus
from runtime.codec import decode, encode
from runtime.nats_server import NatsAddress
from telephony import SwitchConfig, TelephonyClient
from telephony.settings import SETTINGS_KEY
from tests.telephony.scripted_media import scripted_media
from tests.telephony.sip_texts import OFFER
from tests.telephony.switch_house import QUICK, phone_on

PROGRAM = """
import asyncio, sys
from pathlib import Path
import uvloop
from runtime.codec import decode
from telephony import SwitchConfig, run_switch
async def main():
    await run_switch(decode(Path(sys.argv[1]).read_bytes(), SwitchConfig))
try:
    uvloop.run(main())
except KeyboardInterrupt:
    print(sorted({"numpy", "aiortc", "pyVoIP", "webrtcvad"} & set(sys.modules)), flush=True)
"""


@pytest.mark.real
async def test_the_process_says_where_it_listens_takes_a_call_and_ends_cleanly(
    tmp_path: Path, nats: NatsAddress
) -> None:
    config = SwitchConfig(
        host="h1", media_socket=str(tmp_path / "m"), state=str(tmp_path / "state"), recordings=str(tmp_path),
        nats_url=nats.url, nats_user=nats.user, nats_password=nats.password, sip_port=0,
    )  # fmt: skip
    file = tmp_path / "switch.json"
    file.write_bytes(encode(config))
    assert decode(file.read_bytes(), SwitchConfig) == config
    async with (
        open_bus(url=nats.url, name="test", user=nats.user, password=nats.password) as bus,
        scripted_media(tmp_path / "m") as media,
    ):
        await ensure_streams(bus, demo=True)
        await bus.kv_put(SETTINGS_KEY, encode(QUICK))
        reader = await bus.facts(durable="test")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, str(file), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(20):
                line = (await process.stdout.readline()).decode()
            assert line.startswith("ready ")
            async with phone_on(json.loads(line.removeprefix("ready "))["sip_port"]) as phone:
                for attempt in range(50):
                    phone.send("OPTIONS", branch=f"z9hG4bKo{attempt}")
                    if (await phone.inbox.get()).status == 200:
                        break
                    await asyncio.sleep(0.1)
                phone.send("INVITE", body=OFFER)
                await phone.response(200)
                calls = await TelephonyClient(bus).calls()
                facts = await reader.fetch(batch=1, timeout=timedelta(seconds=3))
        finally:
            process.send_signal(signal.SIGINT)
        output = await asyncio.wait_for(process.stdout.read(), 10)

    assert len(calls.calls) == 1
    assert b"call-accepted" in facts[0].data
    assert len(media.asked) >= 2
    assert output.decode().strip().endswith("[]")
