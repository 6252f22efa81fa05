-- Pairs of companies that were joined by name or may be one, and refused judgements on entities. What agrees
-- is the only step.
create or replace temp view entity_pair as
select
    statement_id as one,
    other_statement_id as other,
    null as outcome,
    null as reason,
    score,
    null::double as weight_bits,
    ['{evidence}|' || evidence || '|0'] as steps
from company_pair
union all
select one, other, 'refused', reason, {score}, null, []
from refused_pair
