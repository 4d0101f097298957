module drun.io/services/edge-switch

go 1.26.0
