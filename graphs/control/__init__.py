"""Control: who can decide in an entity, certainly or possibly, by votes, rights over the board or influence.

`control` is the result, `blocks` what a party holds together with all that it controls.
Imports `graphs.ownership`, `graphs.arrays` and `transforms`.
"""
