select role, register, edition, record, field, value, file_sha256
from v_evidence
where flag_id = ?
order by position
