"""What the house costs and how even its sound is, measured in one run beside stock pyVoIP."""
