-- Payments for care, if all known words of their purpose say so. Household help, transport, aids, schools and
-- money paid to clients are not care here.
with care as (
    select p.purpose
    from (select distinct purpose from flow where kind = 'payment') p
    join purpose_word w
        on spaced_words(p.purpose) like w.pattern and w.kind in ('care', 'not_care')
    group by p.purpose
    having bool_and(w.kind = 'care')
)
select payee_id, currency, amount, purpose, flowed_on, statement_id
from flow
where payee_id is not null
    and payee_kind in ('company', 'unclassified')
    and kind = 'payment'
    and status = 'paid'
    and flowed_on <= $as_of
    and purpose in (select purpose from care)
