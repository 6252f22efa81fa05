with lines as (
    select p.payee_id, p.statement_id
    from twice t
    join payments p using (compared, payer_id, payee_id, currency, amount, invoice_key)
    where t.extra_n > 0
)
select payee_id as subject_id, 'payment' as role, statement_id, 'flow_statement.amount' as field from lines
union
select payee_id, 'its invoice', statement_id, 'flow_statement.invoice' from lines
