-- Names of listed persons whose birth is known to the month.
with listed as (
    select distinct party_id, register, party_statement_id
    from listing
    where is_open and listing_class in ({classes})
),
named as (
    select l.party_id, l.register, l.party_statement_id, n.name
    from listed l
    join name_statement n on n.of_statement_id = l.party_statement_id
    union
    select l.party_id, l.register, l.party_statement_id, p.full_name
    from listed l
    join person_statement p on p.statement_id = l.party_statement_id
)
select
    n.party_id,
    n.register,
    n.party_statement_id as statement_id,
    n.name,
    p.birth_year,
    p.birth_month,
    p.further_births
from named n
join person_statement p on p.statement_id = n.party_statement_id
where n.name is not null and (p.birth_month is not null or len(p.further_births) > 0)
order by all
