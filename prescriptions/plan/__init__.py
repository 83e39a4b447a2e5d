"""The saturation plan: over all sessions to come at once, who could take which empty seat (PE, art. 8).

It proposes; people decide line by line. Nothing here ever changes where a person stands.
"""
