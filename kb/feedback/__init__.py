"""What readers do and say: votes, readings, and the order made of them."""
