-- Words that show the purpose of a payment, as patterns for the result of `spaced_words`.
select distinct kind, pattern from purposes_list
