"""Legal entities: by the numbers that records state (`claims`), else by name, country and address
(`joining`).
"""
