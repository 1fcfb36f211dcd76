"""Search, read and suggest for AI agents, by the Model Context Protocol."""
