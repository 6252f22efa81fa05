-- Parties in a company with a case of insolvency and in another company that began around it. Parties that
-- left the old company long before, or came to it afterwards, do not count. If the day of the beginning is
-- unknown, they may be such a pair; if only that of the insolvency is unknown, there would be too many pairs,
-- and states.sql looks for the companies alone.
select o.company_id as old_id, n.company_id as new_id, g.party_id, bool_or(g.is_dated) as is_dated
from insolvent_company o
join hand g
    on g.company_id = o.company_id
    and coalesce(g.from_on <= o.insolvent_on, true)
    and coalesce(date_diff('day', g.to_on, o.insolvent_on) <= $office_days, true)
join hand h
    on h.party_id = g.party_id
    and h.company_id <> o.company_id
    and coalesce(h.from_on <= $as_of, true)
join company n
    on n.company_id = h.company_id
    and n.is_active
    and coalesce(
        date_diff('day', o.insolvent_on, n.incorporated_on) between -$days_before and $days_after,
        n.incorporated_on is null
    )
group by o.company_id, n.company_id, g.party_id
