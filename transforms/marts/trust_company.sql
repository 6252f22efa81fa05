-- Trust companies that hold for many unrelated clients by trade.
select distinct name, jurisdiction from trust_companies_list
