"""Files of `deploy/`: read by the programs that they are for, and run."""
