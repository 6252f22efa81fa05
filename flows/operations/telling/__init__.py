"""Telling: who must know that a night ended, a register is overdue, or a case is new, by Apprise."""
