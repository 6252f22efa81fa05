-- Companies by the full names that records of money, procurement and permits state without a number, in one
-- spelling with their legal form: present names (also in other languages) and former ones, with the days on
-- which they may mean the company. Payers often use a former name for some time: it counts for a year more,
-- or until another company has it.
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
former as (
    select company_id, statement_id, unnest(former_names) as name from company
),
names as (
    select company_id, name, named_on as valid_from, cast(null as date) as given_up_on from company
    union
    select f.company_id, f.name, n.valid_from, n.valid_to
    from former f
    left join name_statement n
        on n.of_statement_id = f.statement_id and n.name = f.name and n.name_kind = 'previous_name'
    union
    select company_id, name, null, null from other_name
),
-- A company that left a register of living companies had ended by then.
held as (
    select distinct
        w.name_key,
        c.company_id,
        c.incorporated_on,
        coalesce(c.dissolved_on, c.left_register_on) as dissolved_on,
        coalesce(n.valid_from, c.incorporated_on) as valid_from,
        n.given_up_on
    from names n
    join wanted w on w.name_key = business_name(n.name)
    join company c on c.company_id = n.company_id
    where c.legal_form_class <> 'overseas_entity' and has_legal_form(w.name_key)
),
-- The first day on or after that on which a company gave a name up, on which another company had it.
taken as (
    select
        h.name_key, h.company_id, h.given_up_on,
        min(greatest(h.given_up_on, o.valid_from)) as taken_on
    from held h
    join held o
        on o.name_key = h.name_key
        and o.company_id <> h.company_id
        and (o.given_up_on is null or o.given_up_on > h.given_up_on)
        and (o.dissolved_on is null or o.dissolved_on > h.given_up_on)
    where h.given_up_on is not null
    group by h.name_key, h.company_id, h.given_up_on
)
select distinct
    h.name_key,
    h.company_id,
    h.incorporated_on,
    h.dissolved_on,
    h.valid_from,
    least(h.dissolved_on, t.taken_on, cast(h.given_up_on + to_years(1) as date)) as valid_to
from held h
left join taken t using (name_key, company_id, given_up_on)
