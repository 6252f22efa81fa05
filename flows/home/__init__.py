"""The ground floor of `flows`: where a home's files are, DuckDB connections, the lock, durable writes, logs,
processes.

Imports nothing of `flows` outside this folder.
"""
