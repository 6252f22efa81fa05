"""Fetch what publishers put out into the landing folder, and nothing that is not whole.

The only place that speaks HTTP: bytes through obstore, which resumes; pages, logins and signed addresses
through httpx2. May import `flows.home` and `transforms`. A file gets its name only after every check; until
then it lies in a hidden folder that no reader enters.
"""
