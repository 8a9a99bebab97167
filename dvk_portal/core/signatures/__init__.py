"""Electronic signatures on PDF files: making them (``pades``, ``twophase``) and judging them (``verification``).

Plain bytes in, plain bytes out; nothing here knows the database. Who may sign what is decided above.
"""
