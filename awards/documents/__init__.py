"""Documents of awards; each module registers its kinds."""
