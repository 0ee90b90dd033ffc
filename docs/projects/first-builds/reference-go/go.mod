module firstbuilds

go 1.19
