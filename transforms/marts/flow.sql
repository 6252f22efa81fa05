-- Money that one party paid another, line by line, in the editions in force. The payee is a company of the
-- register by the number stated; else by its exact full name with its legal form, where one company alone may
-- have had that name on that day: an entry that was founded later, or had ended before, is not meant. A name
-- that fills its column in the file is cut, perhaps, and joins nobody.
with paid as (
    select f.*, business_name(f.payee_name) as name_key
    from flow_statement f
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
-- The longest name of a file that many names reach: the column ends there.
longest as (
    select register, dataset, edition, max(length(payee_name)) as chars_n
    from paid
    where payee_name is not null
    group by register, dataset, edition
),
cut as (
    select l.register, l.dataset, l.edition, l.chars_n
    from longest l
    join paid p
        on p.register = l.register
        and p.dataset = l.dataset
        and p.edition = l.edition
        and length(p.payee_name) = l.chars_n
    group by l.register, l.dataset, l.edition, l.chars_n
    having count(distinct p.payee_name) >= $cut_names_n
),
wanted as (
    select distinct name_key
    from paid
    where payee_kind = 'company' and name_key is not null and has_legal_form(name_key)
),
names as (
    select company_id, name from company
    union
    select company_id, unnest(former_names) from company
),
bearers as (
    select distinct
        w.name_key,
        c.company_id,
        c.incorporated_on,
        c.dissolved_on
    from names n
    join wanted w on w.name_key = business_name(n.name)
    join company c using (company_id)
    where c.legal_form_class <> 'overseas_entity'
),
-- One row for each line and company that may be meant.
meant as (
    select p.statement_id, b.company_id
    from paid p
    join bearers b
        on b.name_key = p.name_key
        and (b.incorporated_on is null or b.incorporated_on <= p.flowed_on)
        and (b.dissolved_on is null or b.dissolved_on >= p.flowed_on)
    where p.payee_kind = 'company'
        and not exists (
            select 1 from cut k
            where k.register = p.register
                and k.dataset = p.dataset
                and k.edition = p.edition
                and k.chars_n = length(p.payee_name)
        )
),
by_name as (
    select statement_id, min(company_id) as company_id
    from meant
    group by statement_id
    having count(distinct company_id) = 1
),
by_number as (
    select p.statement_id, c.company_id
    from paid p
    join company c on c.company_id = concat_ws('-', p.payee_scheme, p.payee_number)
)
select
    p.statement_id as flow_id,
    p.kind,
    p.status,
    p.payer_id,
    p.payer_name,
    coalesce(u.company_id, n.company_id) as payee_id,
    p.payee_kind,
    p.payee_name,
    p.payee_ref,
    p.amount,
    p.currency,
    case when p.currency = 'EUR' then p.amount end as amount_eur,
    p.flowed_on,
    p.invoice,
    p.purpose,
    p.category,
    case
        when u.company_id is not null then 'number'
        when n.company_id is not null then 'full_name'
    end as method,
    t.territory,
    p.register,
    p.dataset,
    p.edition,
    p.record,
    p.statement_id
from paid p
left join by_number u using (statement_id)
left join by_name n using (statement_id)
left join (select distinct register, territory from register_role) t on t.register = p.register
order by p.statement_id
