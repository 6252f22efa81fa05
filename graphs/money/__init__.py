"""Patterns of money that moves: round trips, cycles, scatter-gather, fans, pass-through.

Everything here works on arrays of bundles, without names. Every pattern within the bounds is in the result,
or the party around which there is too much to look at is named in `Found.dense`, with its size.

Modules: `bundles` (what one party paid another on one day), `windows` (payments of a party between two
days, comparison of amounts, choice among overlapping windows), `cycles`, `round_trips`, `scatter`, `fans`,
`passing`.
"""
