-- Companies that have ended, with the first and the last possible day of dissolution. The day lies in an
-- interval if the company left its register, which never stated the day. An entry that says "dissolved"
-- without a day: not before the incorporation, and not after the edition that says so.
with gone as (
    select
        c.*,
        e.edition_date as entry_on,
        c.left_register_on is not null
            and coalesce(c.dissolved_on > r.as_of, true)
            and c.status <> 'dissolved' as is_interval,
        c.status = 'dissolved' and coalesce(c.dissolved_on > r.as_of, true) as is_without_day
    from company c
    cross join release_day r
    -- Several datasets may have an edition of one day, because answers about businesses are requested one by
    -- one.
    left join (select distinct register, edition, edition_date from edition_in_use) e
        on e.register = c.register and e.edition = c.edition
    where c.territory in (select country from home_country)
        and not c.is_active
        and c.status not in ('converted', 'closed', 'removed')
        and (
            c.left_register_on <= r.as_of
            or c.dissolved_on <= r.as_of
            or (c.left_register_on is null and c.status = 'dissolved')
        )
)
select
    company_id,
    statement_id,
    incorporated_on,
    legal_form_class,
    case
        when is_interval then left_register_after
        when is_without_day then incorporated_on
        else dissolved_on
    end as dissolved_from,
    case
        when is_interval then left_register_on
        when is_without_day then coalesce(entry_on, left_register_after)
        else dissolved_on
    end as dissolved_by,
    is_interval,
    is_without_day
from gone
