-- What a party holds or controls in another, as a register states it: Directorship for an office, Ownership
-- for everything else. The role has the rights, the percentage the largest of several shares. What ended on an
-- unknown day is left out: without an end date it would be current.
select
    'interest-' || md5(r.statement_id) as id,
    case when r.is_office then 'Directorship' else 'Ownership' end as schema,
    case when not r.is_office then r.party_id end as owner,
    case when not r.is_office then r.subject_id end as asset,
    case when r.is_office then r.party_id end as director,
    case when r.is_office then r.subject_id end as organization,
    list_sort(list(distinct i.interest_type) filter (i.interest_type is not null)) as role,
    max_by(
        if(i.share_min = i.share_max, format('{:g}', i.share_max::double),
            format('{:g}-{:g}', i.share_min::double, i.share_max::double)),
        i.share_max
    ) filter (i.interest_type = 'shareholding') as percentage,
    r.valid_from as "startDate",
    r.valid_to as "endDate",
    min(s.record) as "recordId",
    min(g.publisher) as publisher
from v_relationship r
left join v_interest i on i.statement_id = r.statement_id
left join v_resolution s on s.statement_id = r.party_statement_id
left join v_register g on g.register = s.register
where
    r.party_id in (select unnest($ids))
    and r.subject_id in (select unnest($ids))
    and (r.is_open or r.valid_to is not null)
group by all
order by id
