-- The given ids that are subjects of a release, with their type.
with every as (
    select subject_id, subject_type from v_subject
    union all
    select title_id, 'title' from v_proprietorship
    union all
    select subject_id, subject_type from v_flag
    union all
    -- Placeholder for the control group of an entity (quality.evaluation.GROUP_OF).
    select 'CG-OF-' || entity_id, 'control_group' from v_entity
    union all
    -- Likewise for the set that has its director.
    select 'DS-OF-' || entity_id, 'directed_set' from v_entity
    union all
    -- Likewise for the pattern of payments that begins with it (quality.evaluation.PATTERN_OF).
    select 'FP-OF-' || entity_id, 'flow_pattern' from v_entity
)
select distinct subject_id, subject_type
from every
where subject_id in (select unnest($ids))
order by all
