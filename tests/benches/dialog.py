"""The signalling of one caller: INVITE, ACK, re-INVITE, BYE over one shared UDP socket (RFC 3261)."""

import re
import socket
import time

_STATUS = re.compile(r"SIP/2\.0 (\d{3})")
_CSEQ = re.compile(r"^CSeq:\s*(\d+)\s+(\w+)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"^To:.*;\s*tag=([^;\s]+)", re.IGNORECASE | re.MULTILINE)
_CONTACT = re.compile(r"^Contact:\s*<?(sip:[^>;\s]+)", re.IGNORECASE | re.MULTILINE)
_MEDIA = re.compile(r"^m=audio (\d+)", re.MULTILINE)


class Dialog:
    """``media`` is where sound goes once the call was accepted; times are wall-clock seconds."""

    def __init__(self, number: int, *, sip: socket.socket, target: tuple[str, int], media_port: int) -> None:
        self.call_id = f"bench-{number}-{time.time_ns()}"
        self.media: tuple[str, int] | None = None
        self.over = False
        self.sent_at: dict[int, float] = {}
        self.accepted_at: dict[int, float] = {}
        self.refused: list[int] = []
        self._number, self._sip, self._target, self._media_port = number, sip, target, media_port
        self._own = "{}:{}".format(*sip.getsockname())
        self._cseq, self._to, self._remote = 0, "<sip:12345@127.0.0.1>", "sip:12345@{}:{}".format(*target)

    def invite(self) -> None:
        """Call, or, in a call, negotiate the same again as a session refresh does."""
        self._cseq += 1
        self.sent_at[self._cseq] = time.time()
        body = (
            f"v=0\r\no=bench {self._number} {self._cseq} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self._media_port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
        )
        self._send("INVITE", self._cseq, body=body)

    def bye(self) -> None:
        """End the call."""
        self.over = True
        self._cseq += 1
        self._send("BYE", self._cseq)

    def take(self, at: float, text: str) -> None:
        """Take a message of this dialog that arrived at ``at``."""
        status, cseq = _STATUS.match(text), _CSEQ.search(text)
        if status is None:
            self._answer(text)
            return
        if cseq is None or cseq.group(2) != "INVITE" or int(status.group(1)) < 200:
            return
        number, code = int(cseq.group(1)), int(status.group(1))
        if code != 200:
            self.refused.append(code)
        elif number not in self.accepted_at:
            self.accepted_at[number] = at
            self._learn(text)
        self._send("ACK", number)

    def _learn(self, text: str) -> None:
        tag, contact, media = _TAG.search(text), _CONTACT.search(text), _MEDIA.search(text)
        if tag is not None and "tag=" not in self._to:
            self._to += f";tag={tag.group(1)}"
        if contact is not None:
            self._remote = contact.group(1)
        if media is not None:
            self.media = ("127.0.0.1", int(media.group(1)))

    def _answer(self, text: str) -> None:
        """A request of the other side: 200, and a BYE ends the call."""
        kept = [
            line
            for line in text.split("\r\n")
            if line.split(":")[0].lower() in {"via", "from", "to", "call-id", "cseq"}
        ]
        if text.startswith("BYE"):
            self.over = True
        if not text.startswith("ACK"):
            reply = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
            self._sip.sendto(reply.encode(), self._target)

    def _send(self, method: str, cseq: int, *, body: str = "") -> None:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"{method} {self._remote} SIP/2.0\r\nVia: SIP/2.0/UDP {self._own};branch=z9hG4bK{method}{cseq}{self.call_id}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:1390000{self._number:04}@127.0.0.1>;tag=b{self._number}\r\nTo: {self._to}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:bench@{self._own}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self._sip.sendto(text.encode(), self._target)
