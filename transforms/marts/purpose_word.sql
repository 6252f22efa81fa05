-- Words by which the purpose of a payment is told, as patterns of what `spaced_words` makes of it.
select distinct kind, pattern from purposes_list
