"""The picture of a case: where shapes and lines stand, where labels go, and GraphML for other programs.

`picture` draws, `layout` places parties in layers, `labels` places the texts on lines, `exchange` writes
GraphML. Imports `graphs.arrays` and `transforms`.
"""
