"""Systems that help centres come from: recognised, and read into pages with their facts."""
