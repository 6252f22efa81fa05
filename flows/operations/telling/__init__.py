"""Notifications by Apprise: a night ended, a register is overdue, or a case is new."""
