"""For each database: a type's name -> the Django field that a person would have written."""
