"""What the desk answers over HTTP, for who asks it as a page does and reads the answers by their types."""

from agent_desk.contacts.contact_view import ContactView
from agent_desk.pages.seat import LineReply
from agent_desk.pages.session import CategoryChoice, CityInfo, DeskSetup, DialogueChoice, DistrictChoice

__all__ = ["CategoryChoice", "CityInfo", "ContactView", "DeskSetup", "DialogueChoice", "DistrictChoice", "LineReply"]
