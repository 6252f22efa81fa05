-- Decided cases of $indicator under the rule $version in which something was done, by what was done.
select kind, count(distinct case_id) as cases_n
from (select case_id, unnest(done) as kind from v_verdict where indicator = $indicator and version = $version)
group by kind
