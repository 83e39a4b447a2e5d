"""Empty seats that get filled: the board, the life of an alert, the people proposed, what came of it."""
