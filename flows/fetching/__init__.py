"""Fetch publishers' files into the landing folder, and only complete ones.

This is the only place that uses HTTP: files through obstore, which resumes; pages, logins and signed
addresses through httpx2. May import `flows.home` and `transforms`. A file gets its name only after every
check; until then it is in a hidden folder that no reader enters.
"""
