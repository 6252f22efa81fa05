-- Entities that became insolvent while a party certainly controlled them; without a day, and with the reason,
-- if this is only possible.
select
    p.party_id,
    i.company_id,
    case when bool_or(p.from_on is not null) then i.insolvent_on end as insolvent_on,
    case
        when i.insolvent_on is null then 'insolvency_not_known'
        when not bool_or(p.from_on is not null) then 'control_not_dated'
    end as reason,
    i.statement_id,
    i.field
from insolvent_company i
join control_period p
    on p.company_id = i.company_id
    and coalesce(p.from_on <= i.insolvent_on, true)
    and coalesce(p.to_on >= i.insolvent_on, true)
group by p.party_id, i.company_id, i.insolvent_on, i.statement_id, i.field
