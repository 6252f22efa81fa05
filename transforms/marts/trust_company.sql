-- Trust companies, whose business is holding for many unrelated clients.
select distinct name, jurisdiction from trust_companies_list
