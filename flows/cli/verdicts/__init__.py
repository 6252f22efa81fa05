"""Commands about verdicts on cases, the users who give them, and the precision that follows from them."""
