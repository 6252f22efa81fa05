"""What one release says about a named applicant, financier, lessor or supplier: `undertow check`.

`input` reads the question, `answer` finds the party that it means and collects what the release says into a
`sheet`, and `columns` and `ownership` format it for terminal and pages. May import facts, release and home,
not pages.
"""
