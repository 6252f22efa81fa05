-- Every name that a legal entity has or had, once, and where it stands: `current` before `former` before
-- `title`. `plain`: in capitals, without points and apostrophes, which few names have; null where the name is
-- not in ASCII, so that it is compared with every name asked for.
create table name_of as
select
    party_id,
    name,
    min(source) as source,
    case
        when strlen(name) <> length(name) then null
        when contains(name, '.') or contains(name, '''') or contains(name, '`')
        then translate(upper(name), '.''`', '')
        else upper(name)
    end as plain
from (
    select entity_id as party_id, name, 'current' as source
    from entity
    where name is not null
    union all
    select company_id, unnest(former_names), 'former'
    from company
    where len(former_names) > 0
    union all
    select party_id, proprietor_name, 'title'
    from proprietorship
    where proprietor_name is not null
)
group by party_id, name
order by party_id, name
