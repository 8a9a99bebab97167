"""The demonstration province: real geography, invented people, proportions of domain/figures.yaml. Deterministic.

It stands in the highest app because it fills all of them; nothing imports it but its command.
"""
