"""Review: what people decide about pairs of records (`pairs`) and about cases (all other modules).

The store is `flows.journal.reviews` (`state/review.sqlite`): events in a chain of hashes, their texts beside
it. The modules here, from the bottom up:

- `fold`: the state of a case from all events and its present flags. Pure.
- `rules`: roles, closed lists (`verdicts.toml`), four eyes, whose turn it is, what may be seen. Pure.
- `evidence`: a case's flags with hashes of the facts they rest on.
- `desk`: `Desk(home, connection, today)`, what every function takes: a home and its release in force.
- `cases`: what a user may read: `queue`, `counts`, `case_view`. The only functions to show to anybody.
- `acts`: what a user does: `judge`, `record_done`, `assign`, `see_both`, `close`, `reopen`, `explain_away`.
- `users`: accounts, passwords (Argon2id), one-time codes: `user`, `add`, `set_password`, `signed_in` ….
- `precision`: precision with its interval, and agreement. Pure.
- `published`: rows of `v_verdict` and `v_precision`; `samples`: lists drawn by lot; `retention`.

A caller opens `flows.accountability.access.Access` for the purpose, records the lookup, and passes
`Desk(home, access.connection, today)`, `By(user, access.purpose, key)`:

    view = cases.case_view(desk, user, case_id, purpose=access.purpose)
    by = By(user, access.purpose, form_key, view.stamp)
    made = acts.judge(desk, by, view.case_id, Given("confirmed", "unexplained"))
"""
