-- What a party holds or controls in another, as a register states it: Directorship for an office, Ownership
-- for shares, votes or surplus assets of a company, Control for everything else. Only a company is an asset
-- in the vocabulary. The role has the rights, the percentage the largest of several shares. What ended on an
-- unknown day is left out: without an end date it would be current.
with stated as (
    select
        r.statement_id,
        r.party_id,
        r.subject_id,
        case
            when r.is_office then 'Directorship'
            when
                e.entity_type = 'registeredEntity'
                and bool_or(i.basis in ('shares', 'votes', 'surplus_assets'))
                then 'Ownership'
            else 'Control'
        end as schema,
        list_sort(list(distinct i.interest_type) filter (i.interest_type is not null)) as role,
        max_by(
            if(i.share_min = i.share_max, format('{:g}', i.share_max::double),
                format('{:g}-{:g}', i.share_min::double, i.share_max::double)),
            i.share_max
        ) filter (i.interest_type = 'shareholding') as percentage,
        r.valid_from,
        r.valid_to,
        min(s.record) as record,
        min(g.publisher) as publisher
    from v_relationship r
    left join v_entity e on e.entity_id = r.subject_id
    left join v_interest i on i.statement_id = r.statement_id
    left join v_resolution s on s.statement_id = r.party_statement_id
    left join v_register g on g.register = s.register
    where
        r.party_id in (select unnest($ids))
        and r.subject_id in (select unnest($ids))
        and (r.is_open or r.valid_to is not null)
    group by
        r.statement_id, r.party_id, r.subject_id, r.is_office, r.valid_from, r.valid_to, e.entity_type
)
select
    'interest-' || md5(statement_id) as id,
    schema,
    case when schema = 'Ownership' then party_id end as owner,
    case when schema = 'Ownership' then subject_id end as asset,
    case when schema = 'Control' then party_id end as controller,
    case when schema = 'Control' then subject_id end as controlled,
    case when schema = 'Directorship' then party_id end as director,
    case when schema = 'Directorship' then subject_id end as organization,
    role,
    case when schema = 'Ownership' then percentage end as percentage,
    valid_from as "startDate",
    valid_to as "endDate",
    record as "recordId",
    publisher
from stated
order by id
