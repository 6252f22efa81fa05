-- Changes of owner, director or seat; several of one kind on one day are one change. The first owners,
-- directors and seat are not changes, even if the first owner is registered weeks after the regime or the
-- company began. Neither are changes on the first day of the regime, or a new record of somebody who was
-- there before and stays.
with held as (
    select subject_id as company_id, 'owner' as kind, party_id, valid_from as from_on, valid_to as to_on,
        is_left_censored, statement_id
    from relationship
    where not is_office and party_id is not null
    union all
    select company_id, 'director', party_id, from_on, to_on, is_left_censored, statement_id
    from officer
    where role <> 'seniorManagingOfficial'
),
again as (
    select h.*
    from held h
    join (
        select company_id, kind, party_id from held group by company_id, kind, party_id having count(*) > 1
    ) using (company_id, kind, party_id)
),
-- Whether another record of the party holds before the first day of this one, and after its last.
covered as (
    select
        h.kind,
        h.statement_id,
        bool_or(coalesce(o.from_on < h.from_on, true) and coalesce(o.to_on >= h.from_on, true)) as was_there,
        bool_or(coalesce(o.from_on <= h.to_on, true) and coalesce(o.to_on > h.to_on, true)) as stays
    from again h
    join again o using (company_id, kind, party_id)
    group by h.kind, h.statement_id
),
-- The first day of an owner, or of a statement about owners.
first_owned as (
    select subject_id as company_id, min(valid_from) as first_on
    from relationship
    where not is_office
    group by subject_id
),
every as (
    select h.company_id, h.kind, h.from_on as day, h.statement_id,
        'relationship_statement.valid_from' as field
    from held h
    left join covered c using (kind, statement_id)
    left join first_owned f on f.company_id = h.company_id
    where not h.is_left_censored
        and not coalesce(c.was_there, false)
        and (h.kind = 'director' or h.from_on > f.first_on)
    union all
    select h.company_id, h.kind, h.to_on, h.statement_id, 'relationship_statement.valid_to'
    from held h
    left join covered c using (kind, statement_id)
    where not coalesce(c.stays, false)
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
