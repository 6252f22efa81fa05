-- Every name that a legal entity has or had, and where it stands. `plain`: in capitals, without points and
-- apostrophes, which few names have.
select distinct party_id, name, source
from (
    select
        *,
        case
            when contains(name, '.') or contains(name, '''') or contains(name, '`')
            then translate(upper(name), '.''`', '')
            else upper(name)
        end as plain
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
)
where {condition}
order by party_id, source, name
