"""From models to the database: what a person changed in models.py, as a migration."""
