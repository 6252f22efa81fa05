-- The given ids that are subjects of a release, with their type.
with every as (
    select entity_id as subject_id, 'legal_entity' as subject_type from v_entity
    union all
    select title_id, 'title' from v_title
    union all
    select title_id, 'title' from v_proprietorship
    union all
    select property_id, 'property' from v_property
    union all
    select transaction_id, 'transaction' from v_transaction
    union all
    select address_id, 'address' from v_address
    union all
    select control_group_id, 'control_group' from v_control_group
    union all
    select subject_id, subject_type from v_flag
    union all
    -- Placeholder for the control group of an entity (quality.evaluation.GROUP_OF).
    select 'CG-OF-' || entity_id, 'control_group' from v_entity
)
select distinct subject_id, subject_type
from every
where subject_id in (select unnest($ids))
order by all
