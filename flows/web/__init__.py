"""The review app, `undertow review`: pages for reviewers, in a browser, on this machine.

It shows the same templates as the static pages of a release (`transforms.reports`), with its own navigation
around them, and decides nothing itself: `flows.review.cases` decides what may be seen, `flows.review.acts`
what may be done. From the bottom up:

- `messages`: every sentence of the app, by its key (`messages.en.toml`).
- `sessions`: who is signed in, tokens of forms, limits on signing in, purposes kept for a day. In memory.
- `opened`: the release in force for one request, and pages of the site rendered on request.
- `calls`: one request by one user: `Call`, and how a page is rendered.
- `provider`: signing in at an OpenID Connect provider.
- `signing_in`, `lists`, `search`, `cases`, `deciding`, `released`, `keeping`: the pages.
- `app`: the table of routes with who may call each, the order of checks, and headers.
- `serving`: uvicorn on loopback or a unix socket; the demo.
"""
