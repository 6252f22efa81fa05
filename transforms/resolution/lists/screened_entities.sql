-- Registration numbers of entities of the editions in force, in the countries of listed ones.
with numbered as (
    select
        s.register,
        s.dataset,
        s.edition,
        s.statement_id,
        coalesce(s.identifier, s.identifier_native) as number,
        s.jurisdiction as country,
        s.name
    from entity_statement s
    union
    select s.register, s.dataset, s.edition, s.statement_id, i.number, i.country, s.name
    from entity_statement s
    join identifier_statement i on i.of_statement_id = s.statement_id
    where i.scheme is distinct from '{vat}'
)
select r.party_id, s.register, s.statement_id, s.number, s.country, s.name
from numbered s
join edition_in_use e on e.register = s.register and e.dataset = s.dataset and e.edition = s.edition
join resolution r on r.statement_id = s.statement_id
where e.status = 'in_force'
    and s.number is not null
    and s.country in (select country from listed_country)
order by s.statement_id, s.number, s.country
