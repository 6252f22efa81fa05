"""Self-contained HTML pages made from one release and nothing else: night report, case pages, pages of a
check.

May import `flows.release`, `flows.facts`, `flows.check`, `flows.home`, `graphs` and `transforms`. Nothing of
the clock, the machine or the run is on a page: equal releases give equal bytes. The text safety is in
`transforms.reports`.
"""
