"""What strangers send to the open ports of a whole house while people talk."""
