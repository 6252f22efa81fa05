-- The seats of active entities, each with its unit in the register of buildings: the present period, else the
-- last one.
with periods as (
    select
        *,
        row_number() over (
            partition by object_id
            order by
                coalesce(valid_to > $as_of, true) desc, valid_to desc, valid_from desc, premises_id
        ) as newest
    from premises
    where valid_from <= $as_of
),
-- The first half of a postcode is a neighbourhood.
covered as (
    select distinct split_part(postcode, ' ', 1) as neighbourhood from premises where postcode is not null
)
select
    c.company_id, c.statement_id, c.address_statement_id, u.statement_id as premises_statement_id,
    case
        when c.object_id is null or u.object_id is null
            then coalesce(
                case when k.territory is null then 'not_published:premises' else k.gap end,
                case
                    when c.object_id is null then 'no_unit_number'
                    when v.neighbourhood is null then 'not_covered'
                    else coalesce(edition_gap(null, k.edition_on, c.edition_on), 'not_in_register')
                end
            )
        when u.status = 'ended' then 'demolished'
        when u.status = 'never_built' then 'never_built'
        when u.kind <> 'unit' or u.status = 'planned' then 'miss'
        when list_contains(u.uses, 'office') or list_contains(u.uses, 'dwelling') then 'miss'
        when array_length(u.uses) = 0 or list_contains(u.uses, 'unknown') then 'use_not_stated'
        else 'no_suitable_use'
    end as outcome
from company c
left join periods u on u.object_id = c.object_id and u.newest = 1
left join role_held k on k.territory = c.territory and k.role = 'premises'
left join covered v on v.neighbourhood = split_part(c.postcode, ' ', 1)
where c.is_active
