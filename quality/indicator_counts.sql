select code as indicator, subject_type, n_flagged, n_not_flagged, n_not_assessable
from v_indicator
order by code
