-- Why absence from the owners' register proves nothing in a territory: it counts only in complete editions of
-- it and of the company register that are at most 31 days apart. `companies_gap`: the company register is an
-- extract.
select
    o.territory,
    case
        when o.gap is null and not coalesce(starts_with(c.gap, 'extract:'), true) then c.gap
        else edition_gap(o.gap, o.edition_on, c.edition_on)
    end as gap,
    o.register,
    o.edition_on as owners_on,
    case when starts_with(c.gap, 'extract:') then c.gap end as companies_gap
from role_held o
join role_held c on c.territory = o.territory and c.role = 'companies'
where o.role = 'owners'
