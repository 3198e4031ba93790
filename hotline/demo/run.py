"""``hotline demo``: the whole house with simulated people; ``--once`` reports one call and ends."""

import asyncio
import json
import signal
import webbrowser
from dataclasses import replace
from typing import Any

from hotline.demo.once import OneCall, Wish
from hotline.demo.options import DemoOptions
from hotline.demo.progress import Progress
from hotline.demo.running import RunningDemo, claim, clear, moved, open_demo
from hotline.places import Places, only_instance, places_of
from hotline.settings import Settings, read_settings
from runtime.bus import open_bus
from runtime.codec import to_builtins
from runtime.telemetry import configure_logging
from runtime.wav import WavError, read_wav
from simulation.callers import Callers
from vocabulary.errors import HotlineError, Permanent

DIALOGUE = "water-outage"


class NotTheDemos(Permanent):
    """The settings name a server that a demonstration would fill with made-up people and calls."""


def demo_settings(options: DemoOptions, /) -> tuple[Settings, Places]:
    """Return the settings of a demonstration: its own folder, its own servers, ports that are free."""
    settings = read_settings(flags={"data": str(options.data)} if options.data else {})
    for name, url in (("database", settings.database.url), ("nats", settings.nats.url)):
        if url:
            raise NotTheDemos(
                f"the settings name a {name} that is not a demonstration's; run `hotline demo` without {name}.url"
                f" in hotline.toml and without HOTLINE_{name.upper()}__URL"
            )
    if options.data is None:
        installed = settings.asr.models or str(settings.data_path / "models")
        asr = replace(settings.asr, models=installed)
        settings = replace(settings, data=str(settings.data_path / "demo"), asr=asr)
    settings = moved(settings)
    return settings, places_of(settings)


async def run_demo(options: DemoOptions, /) -> int:
    """Run until Ctrl-C, or for one call; return the exit code."""
    configure_logging(process="demo", json=False)
    wish = _wish(options)
    settings, places = demo_settings(options)
    progress = Progress()
    with only_instance(places):
        claim(places)
        if options.reset:
            clear(places)
            places = places_of(settings)
        async with open_demo(settings, places, progress=progress) as demo:
            if options.once:
                return await _once(demo, wish or _spoken(demo), options, progress)
            return await _go_on(demo, options, progress)


def _wish(options: DemoOptions) -> Wish | None:
    """Read the caller's sound before anything starts; a file that cannot be used is refused at once."""
    if options.caller_audio is None:
        return None
    try:
        read_wav(options.caller_audio)
        text = options.expect_text.read_text(encoding="utf-8") if options.expect_text else None
    except (OSError, UnicodeDecodeError, WavError) as error:
        raise Permanent(f"the caller's sound or text cannot be used: {error}; give an 8 kHz mono WAV") from None
    return Wish(audio=options.caller_audio.resolve(), text=text)


def _spoken(demo: RunningDemo) -> Wish:
    """Return the first thing the caller of the dialogue says."""
    dialogue: dict[str, Any] = next(row for row in demo.city.dialogues if row["id"] == DIALOGUE)
    turn = next(turn for turn in dialogue["turns"] if turn["party"] == "CALLER")
    return Wish(audio=demo.voices / turn["wav"], text=turn["text"])


async def _once(demo: RunningDemo, wish: Wish, options: DemoOptions, progress: Progress) -> int:
    call = OneCall(demo, wish, progress=progress)
    try:
        report = await call.run()
    except HotlineError as error:
        progress.say(f"中断：{error}")
        call.report.missing = call.report.missing or "house"
        report = call.report
    if options.json:
        print(json.dumps(to_builtins(report), ensure_ascii=False), flush=True)
    else:
        progress.say(f"第一通来电 {report.connected_ms} 毫秒接通，工单 {report.order_no}，专报 {report.briefing}")
    if report.missing:
        progress.say(f"第一个没有完成的环节：{report.missing}")
    return 1 if report.missing else 0


async def _go_on(demo: RunningDemo, options: DemoOptions, progress: Progress) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sent in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sent, stop.set)
    _print_ways(demo)
    if options.browser:
        await asyncio.to_thread(webbrowser.open, demo.addresses.web)
    callers = asyncio.create_task(_calls(demo, progress))
    await asyncio.wait({callers, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if callers.done():
        callers.result()  # they go on for ever: what ended them is said, not swallowed
    progress.say("正在停止")
    while not callers.done():  # Python 3.11's wait_for forgets a cancellation that comes with its result
        callers.cancel()
        await asyncio.wait({callers}, timeout=0.5)
    return 0


async def _calls(demo: RunningDemo, progress: Progress) -> None:
    nats = demo.addresses.nats
    async with open_bus(url=nats.url, name="callers", user=nats.user, password=nats.password) as bus:
        await Callers(bus, dialogues=demo.city.dialogues, say=progress.say).run()


def _print_ways(demo: RunningDemo) -> None:
    people = demo.people
    print(f"\n坐席台 Desk:        {demo.addresses.web}")
    for who in (people.visitor, people.analyst, people.admin):
        print(f"  {who.what}: login {who.login}  password {who.password}")
    print(f"电话 Phone:         dial sip:12345@{demo.addresses.sip} with any softphone")
    print(f"数据 Data folder:   {demo.places.data}")
    print("Ctrl-C 停止。\n", flush=True)
