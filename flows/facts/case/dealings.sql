-- What a public body has still to decide about these parties and premises, or to pay them, newest first.
-- `applicant`: of a permit, '' if it does not name one; otherwise null, and the party is that of the id.
select *
from (
    select
        unnest([applicant_id, financier_id, lessor_id, manager_id, premises_id]) as id,
        'permit applied for' as what, coalesce(applicant_name, '') as applicant, address_text as place,
        financier_name as financier, permit_kind as detail, applied_on as day,
        cast(null as decimal(18, 2)) as amount, cast(null as varchar) as currency, statement_id
    from v_permit
    where state = 'applied'
    union all
    select
        bidder_id, 'bid not yet decided on', null, null, null, t.title, cast(b.received_at as date), b.amount,
        b.currency, b.statement_id
    from v_bid b
    left join v_tender t using (process_id)
    where b.status = 'pending'
    union all
    select
        supplier_id, 'award not yet final', null, null, null, t.title, a.awarded_on, a.amount, a.currency,
        a.statement_id
    from v_award a
    left join v_tender t using (process_id)
    where a.status = 'pending'
    union all
    select
        payee_id, 'payment not yet made', null, null, null, payer_name, flowed_on, amount, currency,
        statement_id
    from flow
    where status = 'planned' and payer_kind = 'public' and rowid in (from rows_of('flow.payee_id', $ids))
)
where id in (select unnest($ids))
order by day desc nulls last, statement_id, id
