-- Companies with the unit of their seat and the day of their incorporation, as a number of days. For overseas
-- registrations the day is unknown; a converted entity was founded once.
select
    a.unit_id,
    c.company_id,
    c.incorporated_on,
    date_diff('day', date '1900-01-01', c.incorporated_on) as day_no,
    c.statement_id,
    c.address_statement_id
from company c
join address a using (address_id)
where a.address_class <> 'default'
    and c.incorporated_on <= $as_of
    and c.legal_form_class not in ('overseas_entity', 'overseas_company')
    and c.status <> 'converted'
