-- Districts, prices and days with several sales: whole buildings and portfolios.
select area_name, price, transferred_on
from sale
group by area_name, price, transferred_on
having count(*) > 1
