"""The whole house, every process real."""
