"""What analytics answers over HTTP, for who asks it as a page does and reads the answers by their types."""

from analytics.hot_issues.topics import Topic
from analytics.routes import FigureView, FrozenView, Issued

__all__ = ["FigureView", "FrozenView", "Issued", "Topic"]
