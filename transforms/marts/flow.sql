-- Money that one party paid another, line by line, in the editions in force. A party is the company with the
-- stated number, unless the name beside it is another company's; without a number, the company of that exact
-- full name with its legal form, if only one company may have had that name on that day: not one that was
-- founded later or had ended before. A name that fills its column in the file may be truncated, and joins
-- nobody. In a transfer, a party that is not found this way is the holder of its account, else the account.
-- Lines that repeat another line (`flow_repeat`) are left out.
-- `paid` is read from the file each time, because storing its rows takes far more space than reading them.
with paid as not materialized (
    select f.*
    from flow_statement f
    join edition_in_use e using (register, dataset, edition)
    left join flow_repeat r on r.flow_id = f.statement_id
    where e.status = 'in_force' and r.flow_id is null
),
-- What payees' statements, but no payer's line, say that came from an account.
received_only as (
    select distinct f.payer_account, f.payee_account, f.flowed_on, f.amount, f.currency
    from flow_repeat r
    join flow_statement f on f.statement_id = r.flow_id
    left join paid p
        on p.stated_by = 'payer'
        and p.payer_account = f.payer_account
        and p.payee_account = f.payee_account
        and p.flowed_on = f.flowed_on
        and p.amount = f.amount
        and p.currency = f.currency
    where r.reason = 'in_payers_statement' and f.payer_account is not null and p.statement_id is null
),
-- The payer's line of that day and amount that names no account, if there is only one.
unnamed_payee as (
    select min(p.statement_id) as statement_id, min(r.payee_account) as payee_account
    from paid p
    join received_only r
        on r.payer_account = p.payer_account
        and r.flowed_on = p.flowed_on
        and r.amount = p.amount
        and r.currency = p.currency
    where p.stated_by = 'payer' and p.payee_account is null
    group by p.payer_account, p.flowed_on, p.amount, p.currency
    having count(*) = 1
),
sides as (
    select
        statement_id, 'payee' as side, payee_kind as kind, payee_name as name, payee_scheme as scheme,
        payee_number as number, flowed_on, register, dataset, edition
    from paid
    where payee_number is not null or payee_name is not null
    union all
    select
        statement_id, 'payer', payer_kind, payer_name, payer_scheme, payer_number, flowed_on, register,
        dataset, edition
    from paid
    where payer_number is not null or (payer_kind = 'company' and payer_name is not null)
),
-- The longest name of a file, if many names have that length: names are truncated there.
longest as (
    select register, dataset, edition, max(length(name)) as chars_n
    from sides
    where side = 'payee' and name is not null
    group by register, dataset, edition
),
cut as (
    select l.register, l.dataset, l.edition, l.chars_n
    from longest l
    join sides p
        on p.register = l.register
        and p.dataset = l.dataset
        and p.edition = l.edition
        and p.side = 'payee'
        and length(p.name) = l.chars_n
    group by l.register, l.dataset, l.edition, l.chars_n
    having count(distinct p.name) >= $cut_names_n
),
-- Each distinct name is converted once, not once for each line.
spelled as (
    select name, business_name(name) as name_key
    from (select distinct name from sides where kind = 'company')
),
-- One row for each side of a line and each company that it may be.
meant as (
    select p.statement_id, p.side, b.company_id
    from sides p
    join spelled s using (name)
    join company_name b
        on b.name_key = s.name_key
        and (b.valid_from is null or b.valid_from <= p.flowed_on)
        and (b.valid_to is null or b.valid_to >= p.flowed_on)
    where p.kind = 'company'
        and p.number is null
        and not exists (
            select 1 from cut k
            where k.register = p.register
                and k.dataset = p.dataset
                and k.edition = p.edition
                and k.chars_n = length(p.name)
        )
),
by_name as (
    select statement_id, side, min(company_id) as company_id
    from meant
    group by statement_id, side
    having min(meant.company_id) = max(meant.company_id)
),
-- Numbers beside a name with a legal form that no name of the company with the number is like: slips.
slip as (
    select p.name, p.company_id
    from (
        select distinct name, concat_ws('-', scheme, number) as company_id
        from sides
        where kind = 'company' and name is not null and number is not null
    ) p
    join (
        select company_id, name from company
        union all
        select company_id, unnest(former_names) from company
        union all
        select company_id, name from other_name
    ) n using (company_id)
    group by p.name, p.company_id
    having not bool_or(may_name_one(business_name(p.name), business_name(n.name)))
),
by_number as (
    select p.statement_id, p.side, c.company_id, c.name
    from sides p
    join company c on c.company_id = concat_ws('-', p.scheme, p.number)
    left join slip s on s.name = p.name and s.company_id = c.company_id
    where s.company_id is null
),
known as (
    select
        statement_id,
        side,
        coalesce(u.company_id, n.company_id) as company_id,
        u.name,
        case when u.company_id is not null then 'number' else 'full_name' end as method
    from by_number u
    full join by_name n using (statement_id, side)
),
-- The rate of each day and currency that occurs.
days as (
    select currency, flowed_on from paid where currency <> 'EUR'
    union
    select received_currency, flowed_on from paid where received_currency <> 'EUR'
),
rates as (
    select d.currency, d.flowed_on, r.per_euro
    from days d
    join rate r
        on r.currency = d.currency
        and d.flowed_on >= r.rated_on
        and (r.until_on is null or d.flowed_on <= r.until_on)
),
line as (
    select
        p.statement_id as flow_id,
        p.kind,
        p.status,
        case
            when p.payer_id is null then coalesce(y.company_id, ya.holder_id, p.payer_account)
            else coalesce(y.company_id, p.payer_id)
        end as payer_id,
        p.payer_kind,
        p.payer_name,
        p.payer_account,
        case
            when p.payer_id is null
                then coalesce(e.company_id, ea.holder_id, p.payee_account, u.payee_account)
            else e.company_id
        end as payee_id,
        p.payee_kind,
        -- If a company's name in the line is not kept, the name in its register is used.
        coalesce(p.payee_name, case when p.payee_kind = 'company' then e.name end) as payee_name,
        p.payee_ref,
        coalesce(p.payee_account, u.payee_account) as payee_account,
        p.account_note,
        p.amount,
        p.currency,
        case
            when p.currency = 'EUR' then p.amount
            else cast(round(p.amount / nullif(pr.per_euro, 0), 2) as decimal(18, 2))
        end as amount_eur,
        p.received,
        p.received_currency,
        case
            when p.received_currency = 'EUR' then p.received
            else cast(round(p.received / nullif(rr.per_euro, 0), 2) as decimal(18, 2))
        end as received_eur,
        p.flowed_on,
        p.invoice,
        p.purpose,
        p.category,
        p.reference,
        case
            when e.method is not null then e.method
            when p.payer_id is null and ea.holder_id is not null then 'account'
        end as method,
        t.territory,
        p.register,
        p.dataset,
        p.edition,
        p.record,
        p.statement_id
    from paid p
    left join known e on e.statement_id = p.statement_id and e.side = 'payee'
    left join known y on y.statement_id = p.statement_id and y.side = 'payer'
    left join unnamed_payee u on u.statement_id = p.statement_id
    left join account ea on ea.account_id = coalesce(p.payee_account, u.payee_account)
    left join account ya on ya.account_id = p.payer_account
    left join rates pr on pr.currency = p.currency and pr.flowed_on = p.flowed_on
    left join rates rr on rr.currency = p.received_currency and rr.flowed_on = p.flowed_on
    left join (select distinct register, territory from register_role) t on t.register = p.register
),
-- A credit or returned payment cancels the nearest earlier payment of the same amount to the same payee that
-- is not yet cancelled and at most 60 days old. Credits and payments match like brackets: each credit closes
-- the payment opened last, and both are at the same level.
settled as (
    select
        flow_id, register, payer_id, coalesce(payee_id, payee_ref, payee_name) as supplier, currency,
        flowed_on,
        abs(amount) as amount,
        amount < 0 as is_credit
    from line
    where status = 'paid' and amount <> 0 and payer_id is not null
),
alike as (
    select *
    from settled s
    where supplier is not null
        and exists (
            select 1 from settled c
            where c.is_credit
                and c.register = s.register
                and c.payer_id = s.payer_id
                and c.supplier = s.supplier
                and c.currency = s.currency
                and c.amount = s.amount
        )
),
opened as (
    select
        *,
        sum(case when is_credit then -1 else 1 end) over (
            partition by register, payer_id, supplier, currency, amount
            order by flowed_on, is_credit, flow_id
            rows between unbounded preceding and current row
        ) as open_n
    from alike
),
lowest as (
    select
        *,
        least(0, min(open_n) over (
            partition by register, payer_id, supplier, currency, amount
            order by flowed_on, is_credit, flow_id
            rows between unbounded preceding and current row
        )) as lowest_n
    from opened
),
-- The level at which a payment opens and a credit closes; a credit without a payment has level 0.
levels as (
    select
        *,
        case
            when is_credit then open_n + 1 - least(0, coalesce(lag(lowest_n) over (
                partition by register, payer_id, supplier, currency, amount
                    order by flowed_on, is_credit, flow_id
            ), 0))
            else open_n - lowest_n
        end as level_no
    from lowest
),
matched as (
    select
        flow_id,
        is_credit,
        flowed_on,
        lag(flow_id) over (
            partition by register, payer_id, supplier, currency, amount, level_no
                order by flowed_on, is_credit, flow_id
        ) as payment_id,
        lag(flowed_on) over (
            partition by register, payer_id, supplier, currency, amount, level_no
                order by flowed_on, is_credit, flow_id
        ) as paid_on
    from levels
    where level_no > 0
),
cancelled as (
    select flow_id as credit_id, payment_id
    from matched
    where is_credit and date_diff('day', paid_on, flowed_on) <= $cancel_days
)
select l.*, c.payment_id as cancels, p.credit_id as cancelled_by
from line l
left join cancelled c on c.credit_id = l.flow_id
left join cancelled p on p.payment_id = l.flow_id
