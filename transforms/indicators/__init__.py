"""Indicators, one module each: its page as docstring, and its declaration (`transforms.model.indicator`).

A module here imports `transforms.model`, `transforms.flags` and `transforms.values`, and no other indicator.
"""
