-- Every name that a legal entity has or had, once, and where it stands: `current` before `former`, `other`
-- and `title`. `plain` begins without the article, as a key does.
create table name_of as
select party_id, name, source, if(starts_with(plain, 'THE '), plain[5:], plain) as plain
from (
    select
        party_id,
        name,
        min(source) as source,
        {plain} as plain
    from (
        select entity_id as party_id, name, 'current' as source
        from entity
        where name is not null
        union all
        select company_id, unnest(former_names), 'former'
        from company
        where len(former_names) > 0
        union all
        select company_id, name, 'other'
        from other_name
        union all
        select party_id, proprietor_name, 'title'
        from proprietorship
        where proprietor_name is not null
    )
    group by party_id, name
)
order by party_id, name
