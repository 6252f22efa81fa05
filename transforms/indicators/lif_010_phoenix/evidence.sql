with hits as (
    select *
    from pair
    where
        insolvent_on is not null and incorporated_on is not null and is_dated
        and (has_address or has_name or has_industry)
),
-- For both companies, the parties that they share; and the holders between a company and its controller.
common as (
    select m.new_id, m.party_id, unnest([m.old_id, m.new_id]) as company_id
    from hits a
    join met m on m.old_id = a.old_id and m.new_id = a.new_id and m.is_dated
),
rung as (
    select new_id, party_id, company_id, company_id as held_id from common
    union
    select c.new_id, c.party_id, h.company_id, h.party_id
    from common c
    join control_period h on h.company_id = c.company_id
    join control_period t on t.company_id = h.party_id and t.party_id = c.party_id
),
around as materialized (
    select interest_id, statement_id, subject_id, party_id
    from interest
    where subject_id in (select held_id from rung)
),
told as (
    select r.new_id, 'interest or office of the party that they share' as role, i.interest_id, i.statement_id
    from rung r
    join around i on i.party_id = r.party_id and i.subject_id = r.held_id
    union
    select r.new_id, 'interest below that party', i.interest_id, i.statement_id
    from rung r
    join rung o on o.new_id = r.new_id and o.party_id = r.party_id and o.company_id = r.company_id
    join around i on i.party_id = o.held_id and i.subject_id = r.held_id
)
select
    new_id as subject_id, 'insolvency of the other' as role, insolvency_statement_id as statement_id,
    insolvency_field as field
from hits
union
select new_id, 'incorporation', new_statement_id, 'entity_statement.incorporated_on' from hits
union
select new_id, role, interest_id, 'interest_statement.native_code' from told
union
select
    t.new_id, 'whose interest or office it is', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from told t
join relationship r using (statement_id)
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
select
    new_id, 'name of both', old_statement_id,
    case when is_former_name then 'entity_statement.former_names' else 'entity_statement.name' end
from hits
where has_name
union
select new_id, 'name of both', new_statement_id, 'entity_statement.name' from hits where has_name
