-- Highest first digit of the UK company numbers of eight digits in the company registers.
select max(left(s.identifier, 1)) as highest_first_digit
from entity_statement s
join edition_in_use e using (register, dataset, edition)
where s.is_registry_entry
    and s.identifier_scheme = 'GB-COH'
    and regexp_full_match(s.identifier, '[0-9]{8}')
