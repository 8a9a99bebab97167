"""Documents of this app: what each says. Layout and signing are the kernel's. To add one, write a class and register it.

Importing this package registers all of them.
"""

from pledges.documents import amendment as amendment
from pledges.documents import models as models
from pledges.documents import pledge as pledge
from pledges.documents import reports as reports
from pledges.documents import scores as scores
