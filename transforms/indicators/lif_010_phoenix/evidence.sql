with hits as (
    select *
    from pair
    where
        insolvent_on is not null and incorporated_on is not null and is_dated
        and (has_address or has_name or has_industry)
),
-- Of these companies alone: an agent is in thousands.
hand_here as materialized (
    select company_id, party_id
    from hand
    where company_id in (select old_id from hits union select new_id from hits)
),
common as (
    select distinct a.old_id, a.new_id, g.party_id
    from hits a
    join hand_here g on g.company_id = a.old_id
    join hand_here h on h.company_id = a.new_id and h.party_id = g.party_id
)
select
    new_id as subject_id, 'insolvency of the other' as role, insolvency_statement_id as statement_id,
    insolvency_field as field
from hits
union
select new_id, 'incorporation', new_statement_id, 'entity_statement.incorporated_on' from hits
union
select
    c.new_id, 'interest or office of the party that they share', i.interest_id,
    'interest_statement.native_code'
from common c
join interest i on i.party_id = c.party_id and i.subject_id in (c.old_id, c.new_id)
union
select new_id, 'seat of both', old_seat_statement_id, 'address_statement.address_text' from hits
where has_address
union
select new_id, 'seat of both', new_seat_statement_id, 'address_statement.address_text' from hits
where has_address
union
select new_id, 'industry of both', old_statement_id, 'entity_statement.industry_codes' from hits
where has_industry
union
select new_id, 'industry of both', new_statement_id, 'entity_statement.industry_codes' from hits
where has_industry
union
select new_id, 'name of both', old_statement_id, 'entity_statement.name' from hits where has_name
union
select new_id, 'name of both', new_statement_id, 'entity_statement.name' from hits where has_name
