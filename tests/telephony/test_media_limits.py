"""What media refuses, so that no stranger is sent to, no call hears another, and no recording is missing."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from runtime.boundary import Done, outcome
from runtime.ids import new_id
from runtime.wire import connect_wire
from telephony import media_protocol as words
from telephony.media.rtp_port import MOST_UNCONFIRMED, PortRange, Remote, RtpPort, checked, is_at
from tests.telephony.media_room import Media, media_process, new_call, phone, switch_of
from vocabulary.audio import Party
from vocabulary.errors import Refused
from vocabulary.ids import ContactId, LegId


def remote(address: tuple[str, int], direction: words.Direction = words.Direction.SENDRECV) -> Remote:
    return Remote(codec=words.Codec.PCMA, address=address, dtmf_payload_type=101, direction=direction)


async def opened(media: Media, address: tuple[str, int], bind: str = "127.0.0.1") -> words.RtpLegOpened:
    call = new_call()
    asked = words.OpenRtpLeg(leg=LegId(new_id()), call=call, contact=ContactId(call), party=Party.CALLER, codec=words.Codec.PCMA,
                             remote_host=address[0], remote_port=address[1], dtmf_payload_type=101, bind_host=bind)  # fmt: skip
    return await media.ask(asked, words.RtpLegOpened)


@pytest.mark.parametrize("address", [("127.0.0.1", 0), ("127.0.0.1", 65536), ("127.0.0.1", 99999), ("127.0.0.1", -5), ("::1", 4000),
                                     ("localhost", 4000), ("999.1.1.1", 4000), ("", 4000)])  # fmt: skip
def test_an_address_that_cannot_be_sent_to_is_refused_where_it_is_used(address: tuple[str, int]) -> None:
    with pytest.raises(Refused) as refused:
        checked(address)

    assert refused.value.reason == "bad-address"


def sink() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return made


def received(where: socket.socket) -> int:
    count = 0
    while True:
        try:
            where.recv(2048)
        except BlockingIOError:
            return count
        count += 1


def test_before_the_ack_a_second_of_sound_is_sent_and_all_of_it_afterwards() -> None:
    with sink() as peer:
        port = RtpPort(remote(peer.getsockname()))
        PortRange(None).open(port, host="127.0.0.1", but=set())
        for _ in range(3 * MOST_UNCONFIRMED):
            port.send(b"\xd5" * 160)
        before = received(peer)
        port.confirmed = True
        for _ in range(10):
            port.send(b"\xd5" * 160)
        after = received(peer)
        port.close()

    assert (before, after) == (MOST_UNCONFIRMED, 10)


@pytest.mark.parametrize("direction", [words.Direction.RECVONLY, words.Direction.INACTIVE])
def test_nothing_is_sent_to_a_peer_whose_first_offer_holds(direction: words.Direction) -> None:
    with sink() as peer:
        port = RtpPort(remote(peer.getsockname(), direction))
        PortRange(None).open(port, host="127.0.0.1", but=set())
        port.confirmed = True
        for _ in range(20):
            port.send(b"\xd5" * 160)
        port.close()

        assert received(peer) == 0
    assert port.expects_sound is (direction is words.Direction.RECVONLY)


def test_a_report_on_the_odd_port_is_a_sign_of_life_of_the_peer_alone() -> None:
    report = bytes.fromhex("80c9000100000007")
    with sink() as peer, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))
        port = RtpPort(remote(peer.getsockname()))
        PortRange(None).open(port, host="127.0.0.1", but=set())
        port.incoming.heard_at = 0.0
        stranger.sendto(report, (port.host, port.port + 1))
        port.look_for_reports(5.0)
        of_a_stranger = port.incoming.heard_at
        peer.sendto(b"nonsense", (port.host, port.port + 1))
        port.look_for_reports(6.0)
        of_nonsense = port.incoming.heard_at
        peer.sendto(report, (port.host, port.port + 1))
        port.look_for_reports(7.0)
        port.close()

    assert (of_a_stranger, of_nonsense, port.incoming.heard_at) == (0.0, 0.0, 7.0)


def test_a_port_to_which_a_leg_sends_is_not_given_to_another_call() -> None:
    ports = PortRange((30_000, 30_010))
    port = RtpPort(remote(("127.0.0.1", 4000)))
    ports.open(port, host="127.0.0.1", but={("127.0.0.1", 30_000), ("127.0.0.1", 30_002)})
    try:
        assert port.port == 30_004
        assert ports.owns(("127.0.0.1", 30_009), host="127.0.0.1")
        assert not ports.owns(("127.0.0.2", 30_009), host="127.0.0.1")
    finally:
        port.close()


async def test_only_the_other_end_that_is_named_may_be_a_leg_of_ours(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller:
        ends = [await media.open_leg(caller, new_call()) for _ in range(2)]
        legs = {one.leg: one for one in (await media.ask(words.ListLegs(), words.Legs)).legs}
        first, second = (legs[leg] for leg in ends)
        update = words.UpdateRtpLeg(leg=first.leg, codec=words.Codec.PCMA, remote_host=second.host, remote_port=second.port,
                                    dtmf_payload_type=101, direction=words.Direction.SENDRECV)  # fmt: skip

        assert await media.ask(replace(update, own_peer=second.leg)) == words.Carried()
        for wrong in (
            replace(update, own_peer=first.leg),
            replace(update, own_peer=second.leg, remote_port=first.port),
        ):
            with pytest.raises(Refused) as refused:
                await media.ask(wrong)
            assert refused.value.reason == "own-port"


async def test_an_address_of_another_call_is_refused_at_the_invite_and_at_a_re_invite(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller:
        leg = await media.open_leg(caller, new_call())
        other = await opened(media, ("127.0.0.1", caller.port))
        for port in (other.port, other.port + 1):
            with pytest.raises(Refused) as refused:
                await opened(media, ("127.0.0.1", port))
            assert refused.value.reason == "own-port"
        update = words.UpdateRtpLeg(leg=leg, codec=words.Codec.PCMA, remote_host="127.0.0.1", remote_port=other.port,
                                    dtmf_payload_type=101, direction=words.Direction.SENDRECV)  # fmt: skip
        with pytest.raises(Refused) as again:
            await media.ask(update)

        assert again.value.reason == "own-port"
        with pytest.raises(Refused) as bad:
            await media.ask(replace(update, remote_port=99_999))
        assert bad.value.reason == "bad-address"
        assert len((await media.ask(words.ListLegs(), words.Legs)).legs) == 2


# The switch's socket -------------------------------------------------------------------------------------------------


async def test_a_connection_that_says_nothing_replaces_no_switch_and_ends_no_call(tmp_path: Path) -> None:
    async with media_process(tmp_path, orphan_grace_s=0.5) as media, phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        for _ in range(3):
            async with connect_wire(media.config.media_socket):
                await asyncio.sleep(0.1)
        _, writer = await asyncio.open_unix_connection(media.config.media_socket)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await asyncio.sleep(2.0)
        writer.close()

        listed = await outcome(media.ask(words.ListLegs(), words.Legs), of="test")
        assert isinstance(listed, Done)
        assert [state.leg for state in listed.value.legs] == [leg]
        await media.sound(call, playing=(words.Playing(leg=leg, prompts=("tone440",), play_id=UUID(int=1)),))
        assert (await media.wait_for(words.PromptsEnded)).leg == leg


async def test_commands_of_a_connection_that_is_not_the_switch_are_refused(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller:
        call = new_call()
        leg = await media.open_leg(caller, call)
        async with connect_wire(media.config.media_socket) as stray:
            for command in (words.EndCall(call=call), words.CloseLeg(leg=leg), words.MediaStatsAsked()):
                with pytest.raises(Refused) as refused:
                    await stray.request(command, reply=words.Carried)
                assert refused.value.reason == "not-the-switch"
        legs = (await media.ask(words.ListLegs(), words.Legs)).legs

    assert [state.leg for state in legs] == [leg]


async def test_a_second_switch_is_refused_while_the_first_lives_and_taken_when_it_is_gone(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media:
        async with connect_wire(media.config.media_socket) as second:
            with pytest.raises(Refused) as refused:
                await second.request(words.Orphans(), reply=words.OrphanCalls)
            assert refused.value.reason == "switch-connected"
        media.wire.close()
        await media.wire.wait_closed()
        async with asyncio.timeout(3):
            while not isinstance(await outcome(_hello(media), of="hello"), Done):
                await asyncio.sleep(0.05)


async def _hello(media: Media) -> None:
    async with switch_of(media.config):
        return


@pytest.mark.parametrize("host", ["224.0.0.1", "255.255.255.255"])
def test_a_group_or_everybody_is_no_peer(host: str) -> None:
    with pytest.raises(Refused):
        checked((host, 4000))


def test_ports_that_are_bound_to_all_addresses_are_ours_at_each_of_them() -> None:
    assert is_at("127.0.0.1", "0.0.0.0")
    assert is_at("127.0.0.1", "127.0.0.1")
    assert not is_at("192.0.2.1", "0.0.0.0")
    assert not is_at("127.0.0.1", "127.0.0.2")


async def test_an_address_of_another_call_is_refused_when_legs_are_bound_to_all_addresses(tmp_path: Path) -> None:
    async with media_process(tmp_path) as media, phone() as caller:
        taken = await opened(media, ("127.0.0.1", caller.port), bind="0.0.0.0")
        with pytest.raises(Refused) as refused:
            await opened(media, ("127.0.0.1", taken.port), bind="0.0.0.0")

    assert refused.value.reason == "own-port"
