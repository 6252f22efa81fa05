-- What a company may share with another: a control group (which includes its controller), or a beneficial
-- owner.
select subject_id as company_id, 'control_group' as link, control_group_id as shared_id, true as is_certain
from graph_control_group
union all
select distinct controller_id, 'control_group', control_group_id, true
from graph_control_group
union all
select distinct subject_id, 'beneficial_owner', party_id, verdict = 'CERTAIN'
from graph_ubo
where regime in ('AMLR', 'UK') and verdict in ('CERTAIN', 'POSSIBLE') and party_id is not null
