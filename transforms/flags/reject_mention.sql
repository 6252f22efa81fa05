-- The words of rejected records in `{source}`, in each form that a number may have: as written; as the UK
-- company number that it gives when padded with zeros; and the number of a society (IP00123R) without its
-- zeros, because the society's own register may write it so.
select register, dataset, edition, token from {source}
union
select register, dataset, edition, lpad(token, 8, '0')
from {source}
where regexp_matches(token, '^[0-9]{1,7}$')
union
select register, dataset, edition, substr(token, 1, 2) || lpad(substr(token, 3), 6, '0')
from {source}
where regexp_matches(token, '^[A-Z]{2}(?:[0-9]{1,5}|[0-9]{1,4}[A-Z]|[0-9]{1,3}[A-Z]{2}|[0-9]{1,2}[A-Z]{3})$')
union
select register, dataset, edition, 'R' || lpad(substr(token, 2), 7, '0')
from {source}
where regexp_matches(token, '^R[0-9]{1,6}$')
union
select register, dataset, edition, substr(token, 1, 2) || ltrim(substr(token, 3), '0')
from {source}
where regexp_matches(token, '^(?:{society_prefixes})0+[1-9][0-9]*[A-Z]{0,3}$')
