with candidates as (
    select entity_id as subject_id
    from entity
    where entity_type <> 'arrangement'
        and entity_id in (select subject_id from relationship where not is_office)
    union
    select company_id from company where is_active and must_declare_owners
),
ranked as (
    select
        *,
        row_number() over (
            partition by subject_id
            order by
                case outcome when 'foreign' then 0 when 'place_not_known' then 1 else 2 end, statement_id
        ) as first_row
    from declared
),
-- An owner with several records counts once.
foreign_owners as (
    select subject_id, count(distinct party_id) as foreign_n
    from declared
    where outcome = 'foreign'
    group by subject_id
)
select
    a.subject_id,
    case
        when f.outcome = 'foreign' then 'flagged'
        when f.outcome = 'place_not_known' then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when f.outcome = 'place_not_known' then 'place_not_known' end as reason,
    n.foreign_n as value,
    'owners' as unit,
    coalesce(f.name, 'an entity without a name') as owner_name,
    upper(f.jurisdiction) as country,
    case when n.foreign_n = 1 then 'owner' else 'owners' end as owners_word
from candidates a
left join ranked f on f.subject_id = a.subject_id and f.first_row = 1
left join foreign_owners n on n.subject_id = a.subject_id
left join company c on c.company_id = a.subject_id
where coalesce(c.legal_form_class, '') <> 'overseas_entity'
