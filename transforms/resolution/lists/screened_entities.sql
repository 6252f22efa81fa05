-- Registration numbers of entities in the editions in force, in the countries of listed entities.
create or replace temp view screened_entity as
with present as (
    select
        s.register,
        s.statement_id,
        coalesce(s.identifier, s.identifier_native) as number,
        s.jurisdiction as country,
        s.name
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
numbered as (
    select * from present
    union all
    select s.register, s.statement_id, i.number, coalesce(i.country, s.country), s.name
    from present s
    join identifier_statement i on i.of_statement_id = s.statement_id
    where i.scheme is distinct from '{vat}'
)
select *
from numbered
where number is not null and country in (select country from listed_country)
