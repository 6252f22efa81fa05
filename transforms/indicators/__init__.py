"""Indicators: one folder of plain files each (`transforms.model.indicator`), and the reasons that they share
(`reasons.toml`).
"""
