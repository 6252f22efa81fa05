-- The owners of a town, in the columns that plain Splink compares.
select
    s.record,
    s.forename,
    s.middle_names,
    s.surname,
    s.birth_year || '-' || s.birth_month as birth,
    min(a.postcode) as postcode
from person_statement s
join edition_in_use e using (register, dataset, edition)
left join address_statement a on a.of_statement_id = s.statement_id
where e.status = 'in_force' and s.register = 'gb_coh_psc'
group by all
order by s.record
