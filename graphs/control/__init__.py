"""Control: who controls an entity, certainly or possibly, by votes, rights over the board or influence.

`control` computes the pairs. `blocks` sums what a party holds together with everything it controls.
Imports `graphs.ownership`, `graphs.arrays` and `transforms`.
"""
