"""What is an AI-generated physics simulation worth, and what may be said with it?

Importing this package loads nothing else: each stage of the argument is a subpackage of its own
(see the table of modules in the guide), and heavy libraries are imported inside the functions that
need them.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
