-- Household help, transport, aids, schools and money paid to clients are not care here.
select f.*
from flow f
where f.payee_id is not null
    and f.payee_kind in ('company', 'unclassified')
    and f.kind = 'payment'
    and f.status = 'paid'
    and f.flowed_on <= $as_of
    and regexp_matches(
        lower(coalesce(f.purpose, '')),
        'residential care|nursing care|home care|domiciliary|personal care|supported living|supported accom'
        '|individualised support|respite|care (spot|block|package)|day care|foster'
    )
    and not regexp_matches(
        lower(coalesce(f.purpose, '')), 'household|cleaning|transport|equipment|aids|school|direct payment'
    )
