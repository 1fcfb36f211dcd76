"""Commands for hand-offs: `kb handoffs …`."""
