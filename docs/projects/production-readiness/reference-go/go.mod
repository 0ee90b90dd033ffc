module production-readiness

go 1.19
