"""A citizen's telephone: pyVoIP 1.6.8, subclassed where it would not hold a call (docs: research of the project).

Right ACK and BYE, its own wait for the answer, random Call-IDs, CANCEL, one RTP sender however often the call is
renegotiated, 16-bit sound, absolute 20 ms clock, received sound in order of arrival. Threads, as pyVoIP has them: run
it in a process of its own (``telephony.testcalls.child``).
"""

import random
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

import pyVoIP.VoIP
from pyVoIP import RTP, SIP
from pyVoIP.VoIP.VoIP import CallState, VoIPCall, VoIPPhone

from telephony.media.outgoing import Outgoing
from telephony.media.rtcp import is_rtcp
from telephony.media.rtp import MalformedRtp, parse
from vocabulary.audio import FRAME_SAMPLES
from vocabulary.g711 import ALAW_TO_LINEAR, LINEAR_TO_ALAW, LINEAR_TO_ULAW, ULAW_TO_LINEAR, decode, encode

USER_AGENT = f"pyVoIP {pyVoIP.__version__}"
_FRAME_S = 0.02
_LAWS = {8: (ALAW_TO_LINEAR, LINEAR_TO_ALAW), 0: (ULAW_TO_LINEAR, LINEAR_TO_ULAW)}
_OFFER: Any = {8: RTP.PayloadType.PCMA, 0: RTP.PayloadType.PCMU, 101: RTP.PayloadType.EVENT}


class Sip(SIP.SIPClient):
    """Signalling without a registrar."""

    headers: dict[str, str]
    on_response: Callable[[int, Any], None]

    def start(self) -> None:
        """Bind and listen; dialling is possible at once."""
        self.NSD = True
        self.s = self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((self.myIP, self.myPort))
        self.myPort = self.s.getsockname()[1]
        threading.Thread(target=self.recv_loop, name="SIP receive", daemon=True).start()

    def stop(self) -> None:
        """Close the socket."""
        self.NSD = False
        self._close_sockets()

    def gen_call_id(self) -> str:
        """Return a Call-ID that no other phone has."""
        return f"{uuid.uuid4().hex}@{self.myIP}"

    def gen_invite(self, *arguments: Any) -> str:
        """Return pyVoIP's INVITE with our headers."""
        message: str = super().gen_invite(*arguments)
        extra = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return message.replace("Content-Type:", f"{extra}Content-Type:", 1)

    def gen_ack(self, request: Any) -> str:
        """Return the ACK of RFC 3261 §13.2.2.4 (2xx, to the Contact) or §17.1.1.3 (others, the INVITE's branch)."""
        headers = request.headers
        accepted = 200 <= int(request.status) < 300
        target = _uri(headers["Contact"]) if accepted and "Contact" in headers else f"sip:{headers['To']['address']}"
        branch = f"z9hG4bK{uuid.uuid4().hex}" if accepted else headers["Via"][0]["branch"]
        return _request("ACK", target, self._via(branch), headers)

    def gen_bye(self, request: Any) -> str:
        """Return pyVoIP's BYE with a branch of its own and the Contact's bare URI."""
        request.headers["Contact"] = f"<{_uri(request.headers['Contact'])}>"
        request.headers["Via"] = [{"address": (self.myIP, self.myPort), "branch": f"z9hG4bK{uuid.uuid4().hex}"}]
        message: str = super().gen_bye(request)
        return message

    def gen_cancel(self, request: Any) -> str:
        """Return the CANCEL of RFC 3261 §9.1 for our INVITE."""
        headers = request.headers
        return _request("CANCEL", f"sip:{headers['To']['address']}", self._via(headers["Via"][0]["branch"]), headers)

    def invite(self, number: str, ms: Any, sendtype: Any) -> tuple[Any, str, int]:
        """Send the INVITE and return at once; responses come to ``parse_message``."""
        call_id = self.gen_call_id()
        session = self.sessID.next()
        text = self.gen_invite(number, str(session), ms, sendtype, f"z9hG4bK{uuid.uuid4().hex}", call_id)
        self.say(text)
        return SIP.SIPMessage(text.encode()), call_id, session

    def parse_message(self, message: Any) -> None:
        """Take responses ourselves, leave requests to pyVoIP."""
        if message.type == SIP.SIPMessageType.MESSAGE:
            super().parse_message(message)
        elif message.headers["CSeq"]["method"] == "INVITE":
            self.on_response(int(message.status), message)

    def say(self, text: str) -> None:
        """Send a message to the server."""
        self.out.sendto(text.encode(), (self.server, self.port))

    def _via(self, branch: str) -> str:
        return f"SIP/2.0/UDP {self.myIP}:{self.myPort};branch={branch}"


class Sound(RTP.RTPClient):
    """RTP of one call: 16-bit linear at both ends, one sender."""

    udp: socket.socket
    on_frame: Callable[[bytes], None]
    on_said: Callable[[str], None]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take what pyVoIP hands over."""
        super().__init__(*arguments, **named)
        self.queue: deque[tuple[str, bytes, int]] = deque()
        self.outgoing = Outgoing(
            ssrc=random.getrandbits(32),
            sequence=random.getrandbits(15),
            timestamp=random.getrandbits(32),
        )
        self._started = False

    def start(self) -> None:
        """Begin to send and to listen, once."""
        if self._started:
            return
        self._started = True
        self.sin = self.sout = self.udp
        self.udp.settimeout(0.5)
        for name, work in (("RTP receive", self.recv), ("RTP send", self.trans)):
            threading.Thread(target=work, name=name, daemon=True).start()

    def play(self, name: str, pcm: bytes) -> None:
        """Queue s16le sound; ``on_said(name)`` is called when it was sent."""
        octets = encode(pcm, _LAWS[int(self.preference)][1])
        self.queue.append((name, octets, 0))

    def recv(self) -> None:
        """Hand on every packet's sound in order of arrival."""
        while self.NSD:
            try:
                datagram = self.sin.recv(2048)
                packet = None if is_rtcp(datagram) else parse(datagram)
            except (TimeoutError, MalformedRtp):
                continue
            except OSError:
                return
            if packet is not None and packet.payload_type in _LAWS:
                self.on_frame(decode(packet.payload, _LAWS[packet.payload_type][0]))

    def trans(self) -> None:
        """Send a packet each 20 ms of an absolute clock."""
        due = time.monotonic()
        silence = (b"\xd5" if int(self.preference) == 8 else b"\xff") * FRAME_SAMPLES
        while self.NSD:
            frame = self._next_frame(silence)
            try:
                self.sout.sendto(
                    self.outgoing.packet(frame, payload_type=int(self.preference)), (self.outIP, self.outPort)
                )
            except OSError:
                return
            due += _FRAME_S
            time.sleep(max(0.0, due - time.monotonic()))

    def _next_frame(self, silence: bytes) -> bytes:
        if not self.queue:
            return silence
        name, octets, at = self.queue.popleft()
        frame = octets[at : at + FRAME_SAMPLES]
        if at + FRAME_SAMPLES < len(octets):
            self.queue.appendleft((name, octets, at + FRAME_SAMPLES))
        else:
            self.on_said(name)
        return frame + silence[len(frame) :]


class Call(VoIPCall):
    """One call with one ``Sound``."""

    phone: "Softphone"

    def create_rtp_clients(self, codecs: Any, ip: str, port: int, request: Any, baseport: int) -> None:
        """Make the one RTP client; the media's c= line wins over the session's."""
        sound = Sound(codecs, ip, port, request.body["c"][-1]["address"], baseport, self.sendmode)
        sound.udp, sound.on_frame, sound.on_said = self.phone.udp, self.phone.on_frame, self.phone.on_said
        self.RTPClients = [sound]

    def bye(self) -> None:
        """The other side hung up."""
        super().bye()
        self.phone.on_bye()

    def __del__(self) -> None:
        """Nothing to give back: the process ends with its call."""


class Softphone(VoIPPhone):
    """A telephone for one outgoing call. Handlers run in pyVoIP's threads; ``on_answer`` gets the SIP Call-ID."""

    def __init__(self, server: tuple[str, int], *, caller: str, headers: dict[str, str]) -> None:
        """Bind to the address from which ``server`` is reached."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(server)
            address = probe.getsockname()[0]
        super().__init__(server[0], server[1], caller, "", myIP=address, sipPort=0)
        self.sip: Sip = Sip(
            server[0], server[1], caller, "", phone=self, myIP=address, myPort=0, callCallback=self.callback
        )
        self.sip.headers, self.sip.on_response = headers, self._respond
        self.udp = _even_port(address)
        self.on_frame: Callable[[bytes], None] = lambda _: None
        self.on_said: Callable[[str], None] = lambda _: None
        self.on_bye: Callable[[], None] = lambda: None
        self.on_status: Callable[[int], None] = lambda _: None
        self.live: Call | None = None

    def dial(self, number: str) -> str:
        """Send the INVITE; return its Call-ID."""
        with self.sip.recvLock:
            medias: Any = {self.udp.getsockname()[1]: _OFFER}
            request, call_id, session = self.sip.invite(number, medias, RTP.TransmitType.SENDRECV)
            self.live = Call(self, CallState.DIALING, request, session, self.myIP, ms=medias, sendmode=self.sendmode)
            self.calls[call_id] = self.live
        return call_id

    @property
    def sound(self) -> Sound | None:
        """The RTP client once the call is answered."""
        client = self.live.RTPClients[0] if self.live is not None and self.live.RTPClients else None
        return client if isinstance(client, Sound) else None

    def give_up(self) -> None:
        """CANCEL a call that is not answered, BYE one that is."""
        if self.live is None or self.live.state == CallState.ENDED:
            return
        if self.live.state == CallState.ANSWERED:
            self.live.hangup()
        else:
            self.sip.say(self.sip.gen_cancel(self.live.request))

    def _respond(self, status: int, message: Any) -> None:
        call = self.calls.get(message.headers["Call-ID"])
        if call is None or status < 200:
            self.on_status(status)
            return
        if status < 300:
            fresh = call.state == CallState.DIALING
            if fresh:
                call.answered(message)
            self.sip.say(self.sip.gen_ack(message))
        else:
            fresh = call.state != CallState.ENDED
            call.state = CallState.ENDED
            self.sip.say(self.sip.gen_ack(message))
        if fresh:
            self.on_status(status)


def _uri(contact: str, /) -> str:
    """Return the URI of a Contact header."""
    return contact.split("<", 1)[-1].split(">", 1)[0].strip() if "<" in contact else contact.split(";", 1)[0].strip()


def _request(method: str, target: str, via: str, headers: Any, /) -> str:
    to_tag = f";tag={headers['To']['tag']}" if headers["To"]["tag"] else ""
    lines = [
        f"{method} {target} SIP/2.0",
        f"Via: {via}",
        "Max-Forwards: 70",
        f"To: {headers['To']['raw']}{to_tag}",
        f"From: {headers['From']['raw']};tag={headers['From']['tag']}",
        f"Call-ID: {headers['Call-ID']}",
        f"CSeq: {headers['CSeq']['check']} {method}",
        f"User-Agent: {USER_AGENT}",
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


def _even_port(address: str) -> socket.socket:
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((address, 0))
        if udp.getsockname()[1] % 2 == 0:
            return udp
        udp.close()
