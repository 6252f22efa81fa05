-- flag.subject_id is in its mart
-- data: Every flag is about something that a register names.
-- A type of subject that is not listed here has no mart, so no flag may have it.
with
    subjects as (
        select 'legal_entity' as subject_type, company_id as subject_id from company
        union all
        select 'legal_entity', entity_id from entity
        union all
        select 'title', title_id from title
        union all
        select 'address', address_id from address
        union all
        select 'property', property_id from property
        union all
        select 'transaction', transaction_id from transaction
        union all
        select 'control_group', control_group_id from graph_control_group
        union all
        select 'directed_set', directed_set_id from directed_set
        union all
        select 'award', process_id from tender
        union all
        select 'award', process_id from award
        union all
        select 'award', process_id from bid
        union all
        select 'flow_pattern', pattern_id from flow_pattern
    )
select f.flag_id
from {batch} f
where not exists (
    select 1
    from subjects s
    where s.subject_id = f.subject_id and s.subject_type = f.subject_type
)
