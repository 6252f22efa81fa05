"""Self-contained HTML pages made from one release and nothing else: night report, case pages, pages of a
check.

May import `flows.release`, `flows.facts`, `flows.check`, `flows.home`, `graphs` and `transforms`. A page has
nothing from the clock, the machine or the run: equal releases give equal bytes. Text escaping is in
`transforms.reports`.
"""
