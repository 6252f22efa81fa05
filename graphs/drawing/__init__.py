"""The pictures of a case, and GraphML for other programs.

`picture` draws ownership and `money` payments. `elements` has the parts of a picture, `layout` places parties
in layers, `frame` sizes and places their shapes, `ties` draws the lines between them, `labels` places the
texts on lines. `exchange` writes GraphML. Imports `graphs.arrays` and `transforms`.
"""
