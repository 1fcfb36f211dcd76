"""`kb publish`: a generation goes to a machine that serves. `kb.cli.main` imports `command`."""
