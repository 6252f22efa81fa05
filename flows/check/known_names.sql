-- Every name that a legal entity has or had, and where it stands.
select distinct party_id, name, source
from (
    select entity_id as party_id, name, 'current' as source
    from v_entity
    where name is not null
    union all
    select company_id, unnest(former_names), 'former'
    from v_company
    where len(former_names) > 0
    union all
    select party_id, proprietor_name, 'title'
    from v_proprietorship
    where proprietor_name is not null
)
where {condition}
order by party_id, source, name
