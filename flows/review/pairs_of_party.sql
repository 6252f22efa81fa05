-- Pairs weighed within one party, the surest first.
with member as (select distinct register, record from v_resolution where party_id = $party)
select
    l.register,
    l.record,
    l.other_register,
    l.other_record,
    l.outcome,
    l.reason,
    l.score,
    l.weight_bits,
    l.steps,
    $party as party_id,
    $party as other_party_id
from v_resolution_link l
semi join member m on m.register = l.register and m.record = l.record
semi join member o on o.register = l.other_register and o.record = l.other_record
where l.weight_bits is not null and l.outcome = 'joined'
order by l.weight_bits desc, l.register, l.record, l.other_register, l.other_record
limit $pairs_n
