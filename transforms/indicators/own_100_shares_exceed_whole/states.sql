with held as (
    select entity_id as subject_id
    from entity
    where entity_type <> 'arrangement'
        and entity_id in (
            select subject_id
            from interest
            where (is_open and basis in ('shares', 'votes', 'surplus_assets')) or valid_to < valid_from
        )
),
reversed as (
    select i.subject_id, min(i.basis) as basis
    from interest i
    where i.valid_to < i.valid_from
    group by i.subject_id
),
contradicted as (
    select c.subject_id, c.basis, c.kind, c.sum_min, c.sum_min_exclusive
    from graph_contradiction c
    where c.kind in ('over', 'impossible')
    union
    -- The stated share is kept beside the interest, whose own share is then unknown.
    select i.subject_id, i.basis, 'impossible', null, false
    from interest i
    where i.is_open and i.share_fault is not null and i.basis in ('shares', 'votes', 'surplus_assets')
),
worst as (
    select
        c.subject_id,
        c.basis,
        c.kind,
        c.sum_min,
        c.sum_min_exclusive,
        row_number() over (
            partition by c.subject_id order by (c.kind = 'over') desc, c.sum_min desc, c.basis, c.kind
        ) as worst_row
    from contradicted c
)
select
    h.subject_id,
    case
        when w.subject_id is not null or r.subject_id is not null then 'flagged'
        else 'not_flagged'
    end as state,
    case
        when w.subject_id is not null then w.kind
        when r.subject_id is not null then 'dates_reversed'
    end as subtype,
    w.sum_min as value,
    'per cent' as unit,
    $whole as threshold,
    case
        when w.kind = 'impossible' then concat_ws('', 'has an open interest (', w.basis,
            ') whose share is below 0, above 100, no number, or has bounds that cannot all be true')
        when w.subject_id is null
            then concat_ws('', 'has an interest (', r.basis, ') that ends before it begins')
        else concat_ws(
            '', 'has open interests (', w.basis, ') that sum to ',
            least_words(w.sum_min, w.sum_min_exclusive), ' per cent'
        )
    end as finding
from held h
left join worst w on w.subject_id = h.subject_id and w.worst_row = 1
left join reversed r on r.subject_id = h.subject_id
