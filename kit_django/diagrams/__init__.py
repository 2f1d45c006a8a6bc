"""Diagrams of a database: facts -> a graph -> a picture, all of it pure."""
