"""Registers: one module each, found by its file. It declares a source (publisher, licence, fields) and its
parser.

A register may import `transforms.formats`, `transforms.model` and `transforms.values`, never another
register.
"""
