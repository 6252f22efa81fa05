"""Registers, one module each: the declaration of a source (publisher, licence, fields) and its parser.

A register may import `transforms.formats`, `transforms.model` and `transforms.values`, never another
register.
"""
