"""Witnesses: for each beneficial owner the interests that prove the verdict, in order from the person down to
the subject.

`witness` combines the proofs: `direct` those by one interest, `chains` those of ownership through other
parties, `majorities` (with `derivation` and `majority_units`) those of control and of blocks. The last two
work on an `excerpt` of the graph. `tables` makes `graph_ubo`. Imports every sub-package of `graphs` but cases
and drawing.
"""
