"""Messages about awards, by area; see pledges/notifications.py."""
