-- Entities with a person who is named as owner by an unknown right, which may be any share.
select distinct r.subject_id
from relationship r
left join resolution p on p.statement_id = r.party_statement_id
where r.is_open and not r.is_office and r.party_kind = 'person' and r.party_id is not null
    and not exists (
        select 1 from interest i where i.statement_id = r.statement_id and i.basis <> 'unknown'
    )
    -- Another register may state the share.
    and not exists (
        select 1
        from interest i
        join relationship o on o.statement_id = i.statement_id
        join resolution s on s.statement_id = o.party_statement_id
        where i.subject_id = r.subject_id
            and i.party_id = r.party_id
            and i.is_open
            and i.basis in ('shares', 'votes', 'surplus_assets')
            and s.register <> p.register
    )
    and not exists (
        select 1 from interest i
        where i.statement_id like '%-%-%'
            and substr(i.statement_id, 1, 24) = substr(r.statement_id, 1, 24)
            and i.basis <> 'unknown'
    )
