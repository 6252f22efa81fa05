"""Resolution of legal entities: by the number that a record states (`claims`), else by name, country and
address (`joining`).
"""
