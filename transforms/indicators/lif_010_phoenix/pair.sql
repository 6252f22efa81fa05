-- A company with a case of insolvency, and another one with the same controller or officer that began around
-- it. Whoever left the old one long before, or came to it after, is nobody of it. Where the day of the
-- beginning is not known, they may be such a pair; where only that of the insolvency is not, there would be
-- too many pairs, and states.sql looks for the companies alone.
with shared as (
    select o.company_id as old_id, n.company_id as new_id, bool_or(g.is_dated) as is_dated
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
    group by o.company_id, n.company_id
),
class as (
    select company_id, industry_class
    from industry
    where company_id in (select old_id from shared union select new_id from shared)
),
same_industry as (
    select distinct s.old_id, s.new_id
    from shared s
    join class x on x.company_id = s.old_id
    join class y on y.company_id = s.new_id and y.industry_class = x.industry_class
),
compared as (
    select
        s.old_id,
        s.new_id,
        s.is_dated,
        i.insolvent_on,
        i.statement_id as insolvency_statement_id,
        i.field as insolvency_field,
        n.incorporated_on,
        n.statement_id as new_statement_id,
        o.statement_id as old_statement_id,
        coalesce(o.name, s.old_id) as old_name,
        date_diff('day', i.insolvent_on, n.incorporated_on) as days_n,
        without_legal_form(business_name(o.name)) as old_key,
        without_legal_form(business_name(n.name)) as new_key,
        a.statement_id as old_seat_statement_id,
        n.address_statement_id as new_seat_statement_id,
        y.old_id is not null as has_industry
    from shared s
    join insolvent_company i on i.company_id = s.old_id
    join company n on n.company_id = s.new_id
    left join company o on o.company_id = s.old_id
    left join same_industry y on y.old_id = s.old_id and y.new_id = s.new_id
    left join seat_held a
        on a.company_id = s.old_id
        and a.address_id = n.address_id
        and a.address_id in (select address_id from address where address_class = 'ordinary')
)
select
    *,
    old_seat_statement_id is not null as has_address,
    coalesce(
        1 - levenshtein(old_key, new_key) / nullif(greatest(length(old_key), length(new_key)), 0)
            >= $similarity,
        false
    ) as has_name
from compared
