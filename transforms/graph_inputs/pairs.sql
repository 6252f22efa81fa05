-- Numbers of every holder and what it holds, once.
select distinct holder, held, is_link from edge where holder is not null and held is not null
