with held as (
    select entity_id as subject_id
    from entity
    where entity_type <> 'arrangement'
        and entity_id in (select subject_id from interest where is_open)
    union
    select company_id from company where is_active and must_declare_owners
),
listed as (
    select subject_id, max(position) as steps_n from graph_cycle group by subject_id
),
-- A very long ring is listed once, for the set's own id.
shortest as (
    select s.subject_id, coalesce(own.steps_n, whole.steps_n) as steps_n
    from graph_scc s
    left join listed own on own.subject_id = s.subject_id
    left join listed whole on whole.subject_id = s.scc_id
)
select
    h.subject_id,
    case when s.subject_id is not null then 'flagged' else 'not_flagged' end as state,
    case
        when s.holds_itself then 'self_held'
        when s.subject_id is not null then 'ring'
    end as subtype,
    case when s.holds_itself and s.size_n = 1 then 'data' end as lane,
    k.steps_n as value,
    'steps' as unit,
    case
        when s.holds_itself then 'is recorded as an owner or controller of itself: a ring of 1 step'
        when s.subject_id is not null then concat_ws(
            '', 'owns or controls itself through a ring of ', cast(k.steps_n as varchar), ' steps'
        )
    end as finding
from held h
left join graph_scc s using (subject_id)
left join shortest k using (subject_id)
