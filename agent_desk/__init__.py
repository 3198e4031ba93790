"""CALL + TRANSCRIPT + SUGGESTION → REQUEST: the agent's desk."""

from pathlib import Path

from agent_desk import replies
from agent_desk.accounts.service import Accounts, NewAccount
from agent_desk.desk import AgentDesk, DeskNeeds
from agent_desk.drafting.places import PlaceName
from agent_desk.drafting.propose import Leaf
from agent_desk.live import messages
from agent_desk.live.board import Board
from agent_desk.live.compose import City
from agent_desk.pages.session import DeskChoices
from agent_desk.ports import CategoryGuess

MIGRATIONS = ("agent_desk", Path(__file__).parent / "migrations")

__all__ = [
    "MIGRATIONS",
    "Accounts",
    "AgentDesk",
    "Board",
    "CategoryGuess",
    "City",
    "DeskChoices",
    "DeskNeeds",
    "Leaf",
    "NewAccount",
    "PlaceName",
    "messages",
    "replies",
]
