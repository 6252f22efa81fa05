-- Entities that became insolvent while a party certainly controlled them; without a day where it may be so.
select distinct p.party_id, i.company_id, i.insolvent_on, i.statement_id, i.field
from insolvent_company i
join control_period p
    on p.company_id = i.company_id
    and coalesce(p.from_on <= i.insolvent_on, true)
    and coalesce(p.to_on >= i.insolvent_on, true)
