select
    count(*) as parties_n,
    coalesce(max_by(component_no, size_n), -1) as component_no,
    coalesce(max(size_n), 0) as size_n
from component
