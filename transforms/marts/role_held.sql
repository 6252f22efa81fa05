-- The register and edition held for each role in each home country, and why absence from it may prove
-- nothing. A register of the whole world counts in every country. The row `elsewhere` is for subjects in no
-- register of a home country: something is absent there only if it is absent from all home countries whose
-- company register is held.
with
places as (
    select country as territory from home_country
    union all
    select 'elsewhere'
),
roles as (
    select distinct role from register_role
),
-- A country for which only subsidies or notices are held says nothing about companies.
with_companies as (
    select distinct r.territory as country
    from register_role r
    join edition_in_use e on e.register = r.register and e.status = 'in_force'
    where r.role = 'companies' and r.territory in (select country from home_country)
),
-- Registers that have only a part of a role. They count as an extract if no full register of it is held.
asked as (
    select r.territory, r.role, min(r.register) as register
    from register_role r
    join edition_in_use e on e.register = r.register and e.status = 'in_force'
    where r.is_partial and length(r.territory) = 2
    group by r.territory, r.role
),
registers as (
    select
        r.territory,
        r.role,
        r.register,
        r.identifier_scheme,
        max(e.edition_date) as edition_on,
        case
            when count(e.register) = 0 and max(a.register) is not null
                then concat_ws('', 'extract:', max(a.register))
            when count(e.register) = 0 then concat_ws('', 'missing:', r.register)
            when count(e.register) filter (where e.completeness <> 'complete') > 0
                then concat_ws('', 'extract:', r.register)
        end as gap
    from register_role r
    left join edition_in_use e on e.register = r.register and e.status = 'in_force'
    left join asked a on a.territory = r.territory and a.role = r.role
    where not r.is_partial
    group by r.territory, r.role, r.register, r.identifier_scheme
),
counted as (
    select
        p.territory,
        o.role,
        count(g.register) as registers_n,
        min(g.register) as register,
        min(g.identifier_scheme) as identifier_scheme,
        case when count(*) = count(g.edition_on) then min(g.edition_on) end as edition_on,
        min(g.gap) as gap
    from places p
    cross join roles o
    left join registers g
        on g.role = o.role
        and (
            g.territory in (p.territory, 'world')
            or (
                p.territory = 'elsewhere'
                and (
                    g.territory in (select country from with_companies)
                    or (
                        not exists (select 1 from with_companies)
                        and (
                            g.territory in (select country from home_country)
                            or not exists (select 1 from home_country)
                        )
                    )
                )
            )
        )
    group by p.territory, o.role
)
select
    territory,
    role,
    register,
    identifier_scheme,
    edition_on,
    case when registers_n = 0 then concat_ws('', 'not_published:', role) else gap end as gap
from counted
