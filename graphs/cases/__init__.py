"""Cases: which flagged subjects belong together, and in which order a person should look at them.

`grouping` decides on numbers which subjects form one case; `build` reads the flags and links with SQL, calls
it, and gives each case its id, title, counts and position. Imports `graphs.arrays` and `transforms` only; the
caller hands in the connection.
"""

CASE_PREFIX = "UT-C-"  # a case's id is this and the id of its earliest flag
