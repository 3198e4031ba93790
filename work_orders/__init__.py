"""REQUEST → ANSWER: who asked, what was sent to whom, and what came back in time."""
