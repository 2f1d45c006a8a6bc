"""``make_migration``: a name, and columns if any are given -> a migration's source."""
