-- Who certainly controls an active entity with share capital and can own less than `share` per cent of it. A
-- controller with a right over the board counts only if it has no shares, or with most of the votes.
with board as (
    select distinct subject_id, party_id from interest where is_open and basis = 'board'
),
-- The greatest part of the shares that can pass through a partnership in whose surplus assets the controller,
-- or an entity that it controls, has a part: that of the narrowest step.
through_partnership as (
    select h.party_id, g.subject_id, max(least(p.share_max_declared, g.share_max_declared)) as share_max
    from graph_integrated p
    join graph_integrated g on g.party_id = p.subject_id and g.basis = 'shares'
    join (
        select party_id, subject_id as member_id from graph_control where verdict = 'CERTAIN'
        union
        select party_id, party_id from graph_integrated where basis = 'surplus_assets'
    ) h on h.member_id = p.party_id
    where p.basis = 'surplus_assets'
    group by h.party_id, g.subject_id
),
owned as (
    select
        c.subject_id,
        c.party_id,
        s.party_id is not null as has_shares,
        greatest(coalesce(s.share_max_declared, 0), coalesce(t.share_max, 0)) as share_max,
        h.party_id is not null as is_direct
    from graph_control c
    join company k on k.company_id = c.subject_id
    left join graph_integrated s
        on s.party_id = c.party_id and s.subject_id = c.subject_id and s.basis = 'shares'
    left join graph_integrated v
        on v.party_id = c.party_id and v.subject_id = c.subject_id and v.basis = 'votes'
    left join through_partnership t on t.party_id = c.party_id and t.subject_id = c.subject_id
    left join board b on b.party_id = c.party_id and b.subject_id = c.subject_id
    left join graph_edge h on h.party_id = c.party_id and h.subject_id = c.subject_id
    where c.verdict = 'CERTAIN'
        and c.kind = 'control'
        and k.is_active
        and k.legal_form_class in ('company', 'plc', 'european_form', 'overseas_entity')
        and (
            coalesce(s.share_max_declared, 0) < $share
            or (s.share_max_declared = $share and s.share_max_declared_exclusive)
        )
        and coalesce(t.share_max, 0) < $share
        and (
            s.party_id is null
            or b.party_id is null
            or coalesce(v.share_min > 50 or (v.share_min = 50 and v.share_min_exclusive), false)
        )
)
select
    *,
    row_number() over (
        partition by subject_id order by is_direct desc, share_max, has_shares, party_id
    ) as first_row
from owned
