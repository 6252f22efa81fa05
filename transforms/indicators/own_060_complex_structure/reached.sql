-- The fence for each entity with a legal entity above it: that of its form and division, or else of its form.
with peers as (
    select company_id, ratio, territory, legal_form_class, division
    from measured
    where entities_n > 0 and tops_n > 0
),
grouped as (
    select company_id, ratio, concat_ws('|', territory, legal_form_class, division) as peer_group
    from peers
    where division is not null
    union all
    select company_id, ratio, concat_ws('|', territory, legal_form_class, 'any') from peers
),
placed as (
    select
        *,
        row_number() over (partition by peer_group order by ratio, company_id) as place,
        count(*) over (partition by peer_group) as peers_n
    from grouped
),
quartiles as (
    select
        peer_group,
        max(peers_n) as peers_n,
        max(case when place = ceil(0.25 * peers_n) then ratio end) as q1,
        max(case when place = ceil(0.75 * peers_n) then ratio end) as q3
    from placed
    group by peer_group
),
fences as (
    -- If the quartiles are equal, the interquartile range is taken as one entity.
    select peer_group, peers_n, q3 + $fence * case when q3 > q1 then q3 - q1 else 1 end as fence
    from quartiles
    where peers_n >= $peers
)
select
    p.company_id,
    p.ratio,
    n.fence is not null as is_narrow,
    coalesce(n.fence, w.fence) as fence,
    coalesce(n.peers_n, w.peers_n) as peers_n
from peers p
left join fences n on n.peer_group = concat_ws('|', p.territory, p.legal_form_class, p.division)
    and p.division is not null
left join fences w on w.peer_group = concat_ws('|', p.territory, p.legal_form_class, 'any')
