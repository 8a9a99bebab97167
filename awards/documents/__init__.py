"""Documents of awards; each module registers its kinds."""

from awards.documents import aftermath as aftermath
from awards.documents import decisions as decisions
from awards.documents import minutes as minutes
from awards.documents import nominations as nominations
