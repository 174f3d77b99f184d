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
		declare[RLOO]("rloo", "r - mean of the others"),
		declare[ReinforcePP]("reinforce_pp", "(r - m)/sqrt(v + eps) over all tokens of the batch"),
		declare[ReinforcePPBaseline]("reinforce_pp_baseline", "r - mu, then (x - m)/sqrt(v + eps) over all tokens of the batch"),
		declare[ReMax]("remax", "r - r(greedy)"),
		declare[GPG]("gpg", "(rows / rows with r != 0) (r - mu)/f_norm"),
		declare[OPO]("opo", "r - sum(length r)/sum(length)"),
		declare[PassK]("passk", "(max - second)/(sigma + eps) for the best row, else 0"),
		declare[GDPO]("gdpo", "sum_k weight_k (r_k - mu_k)/(sigma_k + eps), then whitened over the batch"),
		declare[MaxRL]("maxrl", "(r - mu)/(mu + eps); 0 if mu <= 0"),
		declare[BatchStd]("batch_std", "(r - mu)/(sigma of the batch + eps)"),
		declare[QwenLong]("qwenlong", "(r - mu)/(sigma of the task's rewards + eps)"),
		declare[FGRPO]("f_grpo", "(1 - p)^gamma A_base"),
		declare[HADW]("ha_dw", "(r - mu)/(sigma + eps) lambda exp(-sgn(A)(mu - C))"),
		declare[AEPO]("aepo", "A_base; 0 where negative while the entropy is too high"),
	}
}
