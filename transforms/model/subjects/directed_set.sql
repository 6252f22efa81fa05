-- A set is named after its director, if that is a legal entity. A natural person is never a subject, so a set
-- under a person is named by its size. Its district is the one where most of its entities are seated; if
-- several, the first by name.
with seat as (
    select
        d.directed_set_id, c.area_name, c.area_code,
        row_number() over (
            partition by d.directed_set_id order by count(*) desc, c.area_name, c.area_code
        ) as best
    from directed_set d
    join company c on c.company_id = d.subject_id
    where c.area_name is not null
    group by d.directed_set_id, c.area_name, c.area_code
)
select
    d.directed_set_id as subject_id,
    concat_ws(
        '', 'a set of ', cast(count(*) as varchar), ' entities directed by ',
        coalesce(min(e.name), 'one natural person')
    ) as subject_name,
    min(s.area_name) as area_name,
    min(s.area_code) as area_code,
    'elsewhere' as territory,
    false as is_private
from directed_set d
left join entity e on e.entity_id = d.director_id
left join seat s on s.directed_set_id = d.directed_set_id and s.best = 1
group by d.directed_set_id
