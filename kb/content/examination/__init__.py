"""Everything that authors keep in their folder, checked together, for all who tell of it."""
