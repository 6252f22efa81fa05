"""Patterns of payments: round trips, cycles, scatter-gather, fans, pass-through.

Everything except `build` works on arrays of bundles, without names. Every pattern within the bounds is in the
result. If there is too much to search around a party, the party is listed in `FoundPatterns.dense` instead,
with the size of the search.

Modules: `bundles` (what one party paid another on one day), `windows` (payments of a party between two days,
comparison of amounts, choice among overlapping windows), one for each pattern (`cycles`, `round_trips`,
`scatter`, `fans`, `passing`), and `build` (the tables of a run).
"""
