-- Distinct pairs of the numbers of a holder and what it holds.
select distinct holder, held, is_link from edge where holder is not null and held is not null
