"""Two user agents of ours over a network that loses, repeats and delays: in the end both know the same."""

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.sip.events import Confirmed, Gone, Invited, Output, PeerAnswered, PeerDeclined, Withdrawn
from telephony.sip.flows import Address, Flow, Send, Transport
from telephony.sip.sdp import OurSide
from telephony.sip.uac import Outbound
from telephony.sip.user_agent import UserAgent

A, B = ("127.0.0.1", 5060), ("127.0.0.2", 5060)
STEP = 0.05


def side(address: Address, name: str) -> UserAgent:
    numbers = iter(range(1, 1_000_000))
    return UserAgent(contact=address, new_token=lambda: f"{name}{next(numbers)}")


@dataclass
class Network:
    """Carries datagrams between the two; ``loss`` and ``twice`` are probabilities, ``latest`` seconds."""

    dice: random.Random
    loss: float = 0.0
    twice: float = 0.0
    latest: float = 0.0
    sides: dict[Address, UserAgent] = field(default_factory=lambda: {A: side(A, "a"), B: side(B, "b")})
    told: dict[Address, list[Output]] = field(default_factory=lambda: {A: [], B: []})
    now: float = 0.0
    under_way: list[tuple[float, Address, Address, bytes]] = field(default_factory=list)
    answers: bool = True
    """Whether B takes the call, or turns it down."""
    answer_after: float = 0.3
    ringing: list[tuple[float, str]] = field(default_factory=list)

    def take(self, who: Address, outputs: list[Output]) -> None:
        for output in outputs:
            if not isinstance(output, Send):
                self.told[who].append(output)
                if isinstance(output, Invited):
                    self.ringing.append((self.now + self.answer_after, output.tag))
                continue
            for _ in range((self.dice.random() >= self.loss) + (self.dice.random() < self.twice)):
                at = self.now + self.dice.uniform(0, self.latest)
                self.under_way.append((at, output.flow.remote, output.flow.local, output.data))

    def call(self) -> str:
        ours = OurSide(host=A[0], port=20_000, session=1)
        wish = Outbound(uri="sip:12345@127.0.0.2:5060", flow=Flow(Transport.UDP, A, B), caller="100", ours=ours)
        placed = self.sides[A].call(wish, now=self.now)
        self.take(A, placed.outputs)
        return placed.tag

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += STEP
            due = sorted((row for row in self.under_way if row[0] <= self.now), key=lambda row: row[0])
            self.under_way = [row for row in self.under_way if row[0] > self.now]
            for _, to, source, data in due:
                self.take(to, self.sides[to].receive(data, flow=Flow(Transport.UDP, to, source), now=self.now))
            for at, tag in [row for row in self.ringing if row[0] <= self.now]:
                self.ringing.remove((at, tag))
                self.take(B, self._decide(tag))
            for who, agent in self.sides.items():
                self.take(who, agent.tick(now=self.now))

    def _decide(self, tag: str) -> list[Output]:
        if self.answers:
            ours = OurSide(host=B[0], port=30_000, session=2)
            return self.sides[B].accept(tag, ours=ours, now=self.now)
        return self.sides[B].refuse(tag, status=486, now=self.now)

    def kinds(self, who: Address) -> list[type]:
        return [type(event) for event in self.told[who]]

    def forgotten(self) -> bool:
        rest = [
            (agent.sessions.all, agent.core.transactions.servers, agent.core.transactions.clients, agent.uac.attempts)
            for agent in self.sides.values()
        ]
        return all(not part for row in rest for part in row)


def talking(network: Network) -> list[int]:
    return [len(agent.sessions.all) for agent in network.sides.values()]


@pytest.mark.parametrize("by", ["A", "B"])
def test_a_call_over_a_quiet_network_is_up_on_both_sides_and_over_on_both(by: str) -> None:
    network = Network(random.Random(1))
    tag = network.call()
    network.run(2.0)
    assert (network.kinds(A), network.kinds(B)) == ([PeerAnswered], [Invited, Confirmed])
    assert talking(network) == [1, 1]

    who = A if by == "A" else B
    name = tag if by == "A" else next(event.tag for event in network.told[B] if isinstance(event, Invited))
    network.take(who, network.sides[who].hang_up(name, cause=16, now=network.now))
    network.run(1.0)

    other = B if by == "A" else A
    assert network.kinds(other)[-1] is Gone
    assert talking(network) == [0, 0]
    network.run(40.0)
    assert network.forgotten()


def test_a_call_that_is_turned_down_leaves_nothing() -> None:
    network = Network(random.Random(1), answers=False)
    tag = network.call()
    network.run(40.0)

    assert network.told[A] == [PeerDeclined(tag, 486, "Busy Here")]
    assert network.forgotten()


conditions = {
    "seed": st.integers(min_value=0, max_value=2**32),
    "loss": st.floats(min_value=0, max_value=0.3),
    "twice": st.floats(min_value=0, max_value=0.5),
    "latest": st.floats(min_value=0, max_value=1.5),
}


@settings(max_examples=40, deadline=None)
@given(**conditions, answers=st.booleans(), gives_up=st.one_of(st.none(), st.floats(min_value=0, max_value=3)))
def test_whatever_the_network_does_both_sides_agree_in_the_end(seed, loss, twice, latest, answers, gives_up) -> None:
    network = Network(random.Random(seed), loss=loss, twice=twice, latest=latest, answers=answers)
    tag = network.call()
    if gives_up is not None:
        network.run(gives_up)
        network.take(A, network.sides[A].hang_up(tag, cause=16, now=network.now))
    network.run(75.0)

    up = [sum(one.phase.value == "confirmed" for one in agent.sessions) for agent in network.sides.values()]
    ends = [event for event in network.told[A] if isinstance(event, PeerAnswered | PeerDeclined)]
    assert len(ends) == 1
    assert len([event for event in network.told[B] if isinstance(event, Invited)]) <= 1
    assert up[0] == up[1] or not agreed(network)
    assert network.kinds(B).count(Withdrawn) + network.kinds(B).count(Gone) <= 1

    for who, agent in network.sides.items():
        for name in list(agent.sessions.all):
            network.take(who, agent.hang_up(name, cause=16, now=network.now))
    network.run(75.0)
    assert network.forgotten()


def agreed(network: Network) -> bool:
    """Tell whether no side had to give the other up unheard, which a network may bring about for ever."""
    lost = [
        event for row in network.told.values() for event in row if isinstance(event, Gone) and event.why == "no-ack"
    ]
    return not lost and not any(isinstance(e, PeerDeclined) and e.status == 408 for e in network.told[A])
