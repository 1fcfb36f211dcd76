"""Pages of `/staff/people`: who works on the site, in which role, and who is invited."""
