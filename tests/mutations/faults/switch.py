"""Faults of SIP, calls and seats."""

from tests.mutations.mutant import Mutant

MUTANTS = (
    Mutant(
        name="lease-not-checked",
        fault="lease not checked",
        file="telephony/acd/distributor.py",
        old=" or moment.mono >= waiting.ends:",
        new=":",
        tests=("tests/telephony/test_acd.py",),
    ),
    Mutant(
        name="number-in-a-log-line",
        fault="phone number in a log",
        file="telephony/calls/reception.py",
        old='log.warning("a call was refused", why=why, caller=invited.caller, dialled=invited.dialled)',
        new='log.warning("a call was refused", why=why, caller=invited.caller.reveal(), dialled=invited.dialled)',
        tests=("tests/telephony/test_log_lines.py",),
    ),
    Mutant(
        name="number-in-a-message",
        fault="phone number in a log",
        file="telephony/calls/switch.py",
        old='log.info("call ended", call=live.call.call,',
        new='log.info(f"call of {live.call.caller.reveal()} ended", call=live.call.call,',
        tests=("tests/telephony/test_log_lines.py",),
    ),
    Mutant(
        name="re-invite-other-leg",
        fault="a re-INVITE starts a second sender",
        file="telephony/calls/reception.py",
        old="            leg=live.call.caller_leg,\n",
        new="            leg=LegId(new_id()),\n",
        tests=("tests/telephony/test_one_sender.py::test_a_re_invite_reaches_the_leg_that_the_call_opened",),
    ),
)
