-- Merges and splits that a release reports, one row for each pair of ids and reason.
select
    (select strftime(as_of, '%Y-%m-%d') from v_release) as as_of,
    (select release_id from v_release) as release_id,
    previous_party_id,
    party_id,
    change,
    reason,
    count(*) as records_n
from v_resolution_change
group by previous_party_id, party_id, change, reason
order by all
