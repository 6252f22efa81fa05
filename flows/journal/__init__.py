"""Append-only logs of a home: audit log, ledger, judgements (chains of hashes), and the diary of its nights.

Imports `flows.facts` and `flows.home` at most.
"""
