"""What one release says about the parties, titles and places of a check: one SQL file for each section of the
sheet.

May import `flows.facts.rows`, `flows.facts.areas` and `transforms`.
"""

from flows.facts.party.sections import FORMER, LEFT_IN, VIEWS, evidence, facts, units

__all__ = ["FORMER", "LEFT_IN", "VIEWS", "evidence", "facts", "units"]
