"""Why a figure says nothing, in the words people see; code compares them."""

NO_REFERENCE = "没有参考数据"
NONE_OF_KIND = "没有这一类"
ONLY_BASE_YEAR = "只有基准年的数"
NOT_ASKED = "这一类企业不问这一项"
SAID_NO = "前面答了没有这一项"
ANSWER_DIRECTLY = "账单分不到这一种产品上，直接填"
