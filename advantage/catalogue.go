package advantage

import "math"

var inf = math.Inf(1)

// catalogue lists the estimators in the order of the documentation. It is filled
// at start, since estimators inside estimators look themselves up in it.
var catalogue []entry

func init() {
	catalogue = []entry{
		declare[GRPO]("grpo", "(r - mu)/(sigma + eps)"),
		declare[DrGRPO]("dr_grpo", "r - mu"),
		declare[TMN]("tmn", "(r - mu)/(sigma_T + eps)"),
		declare[TMNReweight]("tmn_reweight", "(r - mu)/(sigma_T + eps) exp(±gamma(0.5 - p))"),
	}
}
