-- Bank accounts in account statements, transfers and ledgers. The holder is a company by its number, else by
-- its exact full name on that day. An account with several holders has none here, nor has an account into
-- which somebody else receives a party's money.
with named as (
    select
        a.account_id, a.holder_kind as kind, a.holder_name as name, a.holder_scheme as scheme,
        a.holder_number as number, a.last_on as known_on, a.register, true as is_own
    from account_statement a
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
    union all
    select
        f.payer_account, f.payer_kind, f.payer_name, f.payer_scheme, f.payer_number, f.flowed_on, f.register,
        false
    from flow_statement f
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and f.payer_account is not null
    union all
    select
        f.payee_account, f.payee_kind, f.payee_name, f.payee_scheme, f.payee_number, f.flowed_on, f.register,
        false
    from flow_statement f
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and f.payee_account is not null
),
whole as (
    select register from register_role where role = 'transfers' and not is_partial
),
accounts as (
    select
        n.account_id,
        bool_or(n.is_own or w.register is not null) as is_held,
        bool_or(n.kind = 'conduit') as is_conduit,
        min(n.known_on) as first_on,
        max(n.known_on) as last_on
    from named n
    left join whole w on w.register = n.register
    group by n.account_id
),
spellings as (
    select
        account_id, kind, name, scheme, number, min(known_on) as known_on, business_name(name) as name_key
    from named
    where number is not null or (kind = 'company' and name is not null)
    group by account_id, kind, name, scheme, number
),
meant as (
    select s.account_id, s.name, c.company_id, 'number' as method
    from spellings s
    join company c on c.company_id = concat_ws('-', s.scheme, s.number)
    union all
    select s.account_id, s.name, min(b.company_id), 'full_name'
    from spellings s
    join company_name b
        on b.name_key = s.name_key
        and (b.valid_from is null or b.valid_from <= s.known_on)
        and (b.valid_to is null or b.valid_to >= s.known_on)
    where s.number is null and has_legal_form(s.name_key)
    group by s.account_id, s.name
    having count(distinct b.company_id) = 1
),
holders as (
    select
        account_id,
        min(company_id) as holder_id,
        min(name) as holder_name,
        min(method) as method
    from meant
    group by account_id
    having count(distinct company_id) = 1
)
select
    a.account_id,
    nullif(split_part(a.account_id, ':', 2), 'zz') as country,
    nullif(split_part(a.account_id, ':', 3), '') as bank,
    case when not a.is_conduit then h.holder_id end as holder_id,
    case when not a.is_conduit then h.holder_name end as holder_name,
    case when not a.is_conduit then h.method end as method,
    a.is_held,
    a.is_conduit,
    a.first_on,
    a.last_on
from accounts a
left join holders h using (account_id)
