"""Recognition engines. Each third-party engine is imported here and nowhere else, and only when it is opened."""
