-- Nodes by bucket, with the number of their component.
select n.* exclude (number), b.component_no, b.bucket from node n join bucket b on b.number = n.number
