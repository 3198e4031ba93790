"""``python -m tests.benches.pyvoip_answerer OWN_PORT CALLERS_PORT``: stock pyVoIP answers every call and echoes it.

Nothing of it is changed but registration, which it cannot do without a registrar and which would end it after three
failures. A call's sound is read and written back, 20 ms at a time, as its documentation shows.
"""

import sys
import time

from pyVoIP.VoIP import CallState, InvalidStateError, VoIPCall, VoIPPhone


def answered(call: VoIPCall) -> None:
    """Answer and echo until the other side hangs up."""
    try:
        call.answer()
        while call.state == CallState.ANSWERED:
            call.write_audio(call.read_audio(160, blocking=True))
    except InvalidStateError:
        return


def main() -> None:
    """Serve until killed."""
    own, callers = int(sys.argv[1]), int(sys.argv[2])
    phone = VoIPPhone(
        "127.0.0.1", callers, "stock", "none", myIP="127.0.0.1", callCallback=answered, sipPort=own,
        rtpPortLow=30000, rtpPortHigh=32000,
    )  # fmt: skip
    phone.sip.register = lambda: True
    phone.start()
    sys.stdout.write("ready {}\n")
    sys.stdout.flush()
    while True:
        time.sleep(1.0)


if __name__ == "__main__":
    main()
