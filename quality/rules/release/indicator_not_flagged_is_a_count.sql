-- indicator.n_not_flagged not negative
select code
from {batch}
where n_not_flagged < 0
