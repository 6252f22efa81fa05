-- Companies by the full names that records of money, procurement and permits state without a number, in one
-- spelling with their legal form: present names (also in other languages) and former ones.
with stated as (
    select payee_name as name from flow_statement where payee_kind = 'company'
    union
    select payer_name from flow_statement where payer_kind = 'company'
    union
    select holder_name from account_statement where holder_kind = 'company'
    union
    select payee_name from subsidy_statement where payee_kind = 'company'
    union
    select lender_name from charge_statement
    union
    select buyer_name from tender_statement
    union
    select supplier_name from award_statement where supplier_kind = 'company'
    union
    select bidder_name from bid_statement where bidder_kind = 'company'
    union
    select applicant_name from permit_statement where applicant_kind = 'company'
    union
    select financier_name from permit_statement where financier_kind = 'company'
    union
    select lessor_name from permit_statement where lessor_kind = 'company'
    union
    select manager_name from permit_statement where manager_kind = 'company'
),
wanted as (
    select distinct business_name(name) as name_key from stated where name is not null
),
names as (
    select company_id, name from company
    union
    select company_id, unnest(former_names) from company
    union
    select company_id, name from other_name
)
-- A company that left a register of living companies had ended by then.
select distinct
    w.name_key, c.company_id, c.incorporated_on, coalesce(c.dissolved_on, c.left_register_on) as dissolved_on
from names n
join wanted w on w.name_key = business_name(n.name)
join company c on c.company_id = n.company_id
where c.legal_form_class <> 'overseas_entity' and has_legal_form(w.name_key)
