"""FIND: checked records become pairs, scored pairs, clusters and recommendations. Pure: no clock, chance or network."""
