"""Pages on the people of the staff: roles, invitations, and the form that accepts one."""
