"""Ways to a person. Each takes a packet and delivers it, or says why not."""
