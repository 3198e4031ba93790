"""Hot issues (热点诉求): what more people than usual ask about, where, and since when."""
