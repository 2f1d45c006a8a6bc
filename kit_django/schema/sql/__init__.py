"""SQL text -> tokens and a tree: the one reader of what databases and people write.

``tokens`` cuts, ``parentheses`` unwraps, ``expressions`` joins ``primaries`` to a tree of ``nodes``; of these,
``mentions`` says which columns a text names, ``same`` whether two texts mean the same, and
``create`` what SQLite's CREATE statements hold. What cannot be read is said so, and never taken for
something else.
"""
