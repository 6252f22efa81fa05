-- Money that a subject received and paid, or is due to receive and pay, by counterparty, kind and year; loans
-- against its security or to others; debts secured on its titles without a stated borrower; and awards, which
-- are not payments. Net of credits. A counterparty that is no known company is summed by its name. Several
-- securities of one debt count once, and an attachment is not a loan. The sum that several lenders have lent
-- together is in the row of the first.
with loans as (
    select
        *,
        row_number() over (
            partition by coalesce(deed_id, charge_id), position order by charge_id, title_position
        ) as nth
    from v_charge
    where kind <> 'attachment' and status <> 'satisfied'
),
secured as (
    select distinct
        p.party_id, coalesce(l.deed_id, l.charge_id) as debt, l.position, l.lender_id, l.lender_name,
        case when l.position = 1 then l.amount_secured end as amount_secured,
        l.currency, l.created_on, l.register
    from proprietorship p
    join loans l on l.title_id = p.title_id and l.borrower_id is null
    where p.ended_on is null and p.rowid in (from rows_of('proprietorship.party_id', $ids))
),
lines as (
    select
        payee_id as id, case status when 'planned' then 'is to receive' else 'received' end as what, kind,
        payer_id as other_id, payer_name as other_name,
        year(flowed_on) as year_no, amount, currency, flowed_on, register
    from flow
    where rowid in (from rows_of('flow.payee_id', $ids))
    union all
    select
        payer_id, case status when 'planned' then 'is to pay' else 'paid' end, kind, payee_id, payee_name,
        year(flowed_on), amount, currency, flowed_on, register
    from flow
    where rowid in (from rows_of('flow.payer_id', $ids)) and payee_id is not null
    union all
    select
        payee_id, 'granted', 'subsidy', funder_id, cast(null as varchar), first_year, granted, currency,
        cast(null as date), register
    from v_subsidy
    where payee_id in (select unnest($ids)) and state in ('granted', 'settled')
    union all
    select
        borrower_id, 'borrowed against security', 'loan', lender_id, lender_name, year(created_on),
        case when position = 1 then amount_secured end, currency, created_on, register
    from loans
    where borrower_id in (select unnest($ids)) and nth = 1
    union all
    select
        lender_id, 'lent against security', 'loan', borrower_id, cast(null as varchar), year(created_on),
        amount_secured, currency, created_on, register
    from loans
    where lender_id in (select unnest($ids)) and nth = 1
    union all
    select
        party_id, 'secured on its titles', 'loan', lender_id, lender_name, year(created_on), amount_secured,
        currency, created_on, register
    from secured
    union all
    select
        a.supplier_id, 'awarded', case when a.is_framework then 'framework' else 'contract' end, a.buyer_id,
        t.buyer_name, year(a.awarded_on), a.amount, a.currency, a.awarded_on, a.register
    from v_award a
    left join v_tender t using (process_id)
    where a.supplier_id in (select unnest($ids)) and a.status = 'active'
),
summed as (
    select
        id, what, kind, other_id, max(other_name) as other_name, year_no, currency, register,
        count(*) as lines_n,
        sum(amount) as amount,
        min(flowed_on) as first_on,
        max(flowed_on) as last_on
    from lines
    group by
        id, what, kind, other_id, case when other_id is null then other_name end, year_no, currency, register
),
mine as (select distinct other_id as party_id from summed),
named as ({named_parties})
select
    s.id, s.what, s.kind, s.other_id, coalesce(n.name, s.other_name) as other_name, s.year_no, s.lines_n,
    s.amount, s.currency, s.first_on, s.last_on, s.register,
    row_number() over (
        partition by s.id
        order by
            s.year_no desc, s.amount desc nulls last, s.what, s.other_id, s.other_name, s.kind, s.currency,
            s.register
    ) as row_no
from summed s
left join named n on n.party_id = s.other_id
order by s.id, row_no
