-- Subsidies in the editions in force. The applicant is identified by the stated number, whether or not its
-- register is held; else by its exact full name, if only one company has or had it, was founded by then and
-- had not ended. If the record's name is not kept, the name in the company register is used.
with stated as (
    select s.*, business_name(s.payee_name) as name_key
    from subsidy_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
by_name as (
    select s.statement_id, min(b.company_id) as company_id
    from stated s
    join company_name b
        on b.name_key = s.name_key
        and (b.valid_from is null or year(b.valid_from) <= coalesce(s.last_year, s.first_year))
        and coalesce(year(b.valid_to) >= coalesce(s.first_year, s.last_year), true)
    where s.payee_kind = 'company' and s.payee_number is null
    group by s.statement_id
    having count(distinct b.company_id) = 1
),
known as (
    select
        s.*,
        case
            when s.payee_number is not null then concat_ws('-', s.payee_scheme, s.payee_number)
            else n.company_id
        end as payee_id
    from stated s
    left join by_name n using (statement_id)
)
select
    s.statement_id as subsidy_id,
    s.funder_id,
    s.payee_id,
    s.payee_kind,
    coalesce(s.payee_name, c.name) as payee_name,
    case
        when s.granted <= 0 and coalesce(s.settled, 0) = 0 then 'refused'
        when s.settled is not null then 'settled'
        when s.granted is not null then 'granted'
        else 'asked'
    end as state,
    s.asked,
    s.granted,
    s.settled,
    s.currency,
    s.first_year,
    s.last_year,
    s.scheme,
    s.purpose,
    s.category,
    case
        when s.payee_number is not null then 'number'
        when s.payee_id is not null then 'full_name'
    end as method,
    t.territory,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from known s
left join company c on c.company_id = s.payee_id
left join (select distinct register, territory from register_role) t on t.register = s.register
