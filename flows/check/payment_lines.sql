-- The lines of a payment run as rows of the mart `flow`. A payee is a company by the number stated, unless
-- the name beside it is another company's; without a number, by its name, as it stands in its register or in
-- what the release holds, where one company alone may be meant. In a file that says of no line that it is
-- planned, all are. Reads `payment_statement`.
with named as (
    select
        statement_id, flowed_on, payee_name,
        unnest([
            upper(payee_name),
            regexp_replace(upper(payee_name), '\bLTD\.?$', 'LIMITED'),
            regexp_replace(upper(payee_name), '\bLIMITED$', 'LTD')
        ]) as spelling
    from payment_statement
    where payee_kind = 'company' and payee_number is null
),
meant as (
    select n.statement_id, c.company_id
    from named n
    join company c on upper(c.name) = n.spelling
    where c.legal_form_class <> 'overseas_entity'
        and coalesce(coalesce(c.named_on, c.incorporated_on) <= n.flowed_on, true)
        and (c.dissolved_on is null or c.dissolved_on >= n.flowed_on)
    union
    select n.statement_id, b.company_id
    from named n
    join company_name b
        on b.name_key = business_name(n.payee_name)
        and (b.valid_from is null or b.valid_from <= n.flowed_on)
        and (b.valid_to is null or b.valid_to >= n.flowed_on)
),
by_name as (
    select statement_id, min(company_id) as company_id
    from meant
    group by statement_id
    having count(distinct company_id) = 1
),
-- Numbers beside a name with a legal form that no name of the company with the number is like: slips.
slip as (
    select p.statement_id
    from payment_statement p
    join (
        select company_id, name from company
        union all
        select company_id, unnest(former_names) from company
        union all
        select company_id, name from other_name
    ) n on n.company_id = concat_ws('-', p.payee_scheme, p.payee_number)
    where p.payee_kind = 'company' and p.payee_name is not null
    group by p.statement_id
    having not bool_or(may_name_one(business_name(p.payee_name), business_name(n.name)))
)
select
    s.statement_id as flow_id,
    s.kind,
    case
        when s.status = 'paid' and exists (select 1 from payment_statement where status = 'planned')
            then 'paid'
        else 'planned'
    end as status,
    s.payer_id,
    s.payer_kind,
    s.payer_name,
    coalesce(c.company_id, n.company_id) as payee_id,
    s.payee_kind,
    coalesce(s.payee_name, case when s.payee_kind = 'company' then c.name end) as payee_name,
    s.payee_ref,
    s.payee_account,
    s.account_note,
    s.amount,
    s.currency,
    s.flowed_on,
    s.invoice,
    s.purpose,
    s.category,
    case
        when c.company_id is not null then 'number'
        when n.company_id is not null then 'full_name'
    end as method,
    'world' as territory,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from payment_statement s
left join slip x on x.statement_id = s.statement_id
left join company c
    on c.company_id = concat_ws('-', s.payee_scheme, s.payee_number) and x.statement_id is null
left join by_name n on n.statement_id = s.statement_id
order by flow_id
