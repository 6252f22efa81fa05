-- Changes of owner, director or seat: what happens to one of these on one day is one change. What a company
-- begins with is none, and neither is the first day of the regime.
with every as (
    select subject_id as company_id, 'owner' as kind, valid_from as day, statement_id,
        'relationship_statement.valid_from' as field
    from relationship
    where not is_office and party_id is not null and not is_left_censored
    union all
    select subject_id, 'owner', valid_to, statement_id, 'relationship_statement.valid_to'
    from relationship
    where not is_office and party_id is not null
    union all
    select company_id, 'director', from_on, statement_id, 'relationship_statement.valid_from'
    from officer
    union all
    select company_id, 'director', to_on, statement_id, 'relationship_statement.valid_to'
    from officer
    union all
    select company_id, 'seat', moved_by, statement_id, 'address_statement.address_text'
    from seat_change
)
select
    e.company_id, e.kind, e.day, e.statement_id, e.field,
    100 * (12 * year(e.day) + month(e.day)) + day(e.day) as changed_at
from every e
join company c using (company_id)
where e.day <= $as_of and (c.incorporated_on is null or e.day > c.incorporated_on)
