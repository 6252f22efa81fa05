"""Witnesses: for each beneficial owner the interests that prove the verdict, in order from the person down to
the subject.

`witness` is the result. `direct` handles proofs by one interest, `chains` ownership through others,
`majorities` control and blocks, all on an `excerpt` of the graph. `tables` makes `graph_ubo`. Imports every
sub-package of `graphs` but cases and drawing.
"""
