"""The command line: one module for each group of commands, without logic of its own.

`app` lists every command and maps errors to exit codes; `options` holds what commands share; `output` prints;
`*_text` modules put results into words for a terminal. The top floor: it may import every other package.
"""
