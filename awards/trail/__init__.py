"""The words of what awards leave in the whole trail at /nhat-ky/; moves have theirs from the workflows."""

from awards.trail import aftermath, council, cycles, decisions, nominations, recipients, sessions

_AREAS = (recipients, cycles, nominations, council, sessions, decisions, aftermath)
ACTIONS = {name: words for area in _AREAS for name, words in area.ACTIONS.items()}
FIELDS = {name: words for area in _AREAS for name, words in area.FIELDS.items()}
